"""Two years of a real incident log replayed: do points that count what held follow the incidents prevented better than others?

The log cannot know fixes that nobody made, so they are drawn: 20 players fix problems in eight quarterly events, some of them
carefully, some quickly; a wrong fix changes nothing and the log goes on, a right one prevents what the log has of that problem in the
next quarter. On average one fix in five is wrong (14.8 to 24.4 % by Yin et al., How do fixes become bugs, 2011). Whether a fix held is
judged as the program judges it, by when the log's incidents were opened.
"""

import json
import random
import statistics
from collections import defaultdict
from datetime import datetime, timedelta

from gamebash.points.scoring import EntryKind
from gamebash.watch.paying import Paid, clawback, held_bonus
from gamebash.watch.verdict import window_from
from seeds.backlog import FACTS

SEASONS, PLAYERS, EVENTS, A_DAY = 200, 20, 8, 3
POINTS = (1, 3, 5, 8)
QUARTER = timedelta(days=91)


def log():
    """Return when each problem struck, oldest first."""
    found = defaultdict(list)
    for line in FACTS.read_text(encoding="utf-8").splitlines():
        fact = json.loads(line)
        found[fact["services"][0], fact["symptom"]].append(datetime.fromisoformat(fact["started_at"]))
    return {key: sorted(times) for key, times in found.items()}


def ranks(values):
    """Return ranks from 1, equals sharing their mean rank."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    for place in range(len(order)):
        same = [other for other in range(len(order)) if values[order[other]] == values[order[place]]]
        found[order[place]] = 1 + sum(same) / len(same)
    return found


def spearman(one, other):
    return statistics.correlation(ranks(one), ranks(other))


def season(problems, newest, seed):
    """Play a season; return the players' points at acceptance, their season points, and the incidents they prevented."""
    chance = random.Random(seed)
    carelessness = [chance.choice([0.05, 0.15, 0.4]) for _ in range(PLAYERS)]
    at_once, in_season, prevented = ([0.0] * PLAYERS for _ in range(3))
    for event in range(EVENTS):
        live_at = newest - QUARTER * (EVENTS - event)
        struck = {key: sum(live_at - 2 * QUARTER < at <= live_at for at in times) for key, times in problems.items()}
        pulled = sorted((key for key in struck if struck[key]), key=lambda key: -struck[key])[: PLAYERS * A_DAY]
        chance.shuffle(pulled)
        for number, key in enumerate(pulled):
            player, points = number % PLAYERS, chance.choice(POINTS)
            is_wrong = chance.random() < carelessness[player]
            window = window_from(live_at, live_at=live_at, days=30)
            has_recurred = is_wrong and any(window.covers(at) for at in problems[key])
            paid = [Paid(1, player, EntryKind.FIX, points)]
            settled = clawback(paid, 1.0) if has_recurred else held_bonus(paid, 0.5, 1.0)
            at_once[player] += points
            in_season[player] += points + sum(one.points for one in settled)
            if not is_wrong:
                prevented[player] += sum(live_at < at <= live_at + QUARTER for at in problems[key])
    return at_once, in_season, prevented


def test_points_that_count_what_held_follow_the_incidents_prevented_better():
    problems = log()
    newest = max(at for times in problems.values() for at in times)
    gains = []
    for seed in range(SEASONS):
        at_once, in_season, prevented = season(problems, newest, seed)
        gains.append((spearman(at_once, prevented), spearman(in_season, prevented)))
    before, after = (statistics.mean(column) for column in zip(*gains, strict=True))
    better = sum(held > accepted for accepted, held in gains) / SEASONS
    spread = statistics.stdev(held - accepted for accepted, held in gains) / SEASONS**0.5
    print(
        f"Spearman with incidents prevented: {before:.3f} at acceptance, {after:.3f} counting what held; "
        f"gain {after - before:.3f} +- {1.96 * spread:.3f}, better in {better:.0%} of {SEASONS} seasons"
    )
    assert after - before > 1.96 * spread > 0
    assert better > 0.6
