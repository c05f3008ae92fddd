"""How much of the audit's result hangs on its guesses: each at both ends of its range, and the day in other sizes. Pure.

One guess moves at a time; the ranges are what we would still believe, not what the gate bears.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from typing import Any

from gamebash.incentives.assumptions import USUAL
from gamebash.incentives.ground import Ground
from gamebash.incentives.played import LITTLE_PREVENTED, Line, Played, Trial
from gamebash.incentives.strategies import BY_NAME, STRATEGIES

# Few enough to try everything in a quarter of an hour.
USUAL_RUNS = 20
USUAL_SEEDS = 5


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that is otherwise: ``people`` by field of the assumptions, ``brings`` by strategy and field, the day's size."""

    name: str
    level: str
    people: Mapping[str, float] = field(default_factory=dict)
    brings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    seats: int = 0
    stories: int = 0
    off: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """How every dishonest strategy did in a setting."""

    setting: Setting
    lines: tuple[Line, ...]

    @property
    def worst(self) -> Line:
        """The best paid of those that prevent less than half; the best paid where none does."""
        idle = [line for line in self.lines if line.impact.of_honest < LITTLE_PREVENTED]
        return max(idle or self.lines, key=lambda line: line.pay.of_honest)


# Assumptions with both ends. Those of shipped fixes and of reviews are of the studies that ``assumptions`` names; the rest are guesses.
RANGES: tuple[tuple[str, tuple[Mapping[str, float], ...]], ...] = (
    ("wrong fixes", ({"wrong_inside": 0.135, "wrong_outside": 0.2}, {"wrong_inside": 0.223, "wrong_outside": 0.329})),
    ("wrong fix noticed", (
        {"caught_by_knowing": 0.45, "caught_by_others": 0.2}, {"caught_by_knowing": 0.7, "caught_by_others": 0.3},
    )),
    ("sham noticed", (
        {"sham_caught_by_knowing": 0.6, "sham_caught_by_others": 0.25},
        {"sham_caught_by_knowing": 0.95, "sham_caught_by_others": 0.85},
    )),
    ("taken back", ({"taken_back": 0.0}, {"taken_back": 0.5}, {"taken_back": 0.8}, {"taken_back": 0.9})),
    ("noise refused", ({"silencing_refused": 0.5}, {"silencing_refused": 1.0})),
    ("right fix sent back", ({"falsely_sent_back": 0.02}, {"falsely_sent_back": 0.15})),
    ("mended", ({"mended": 0.5}, {"mended": 1.0})),
    ("spread of durations", ({"duration_spread": 0.3}, {"duration_spread": 0.9})),
    ("spread of skill", ({"skill_spread": 0.1}, {"skill_spread": 0.5})),
    ("work after a send-back", ({"rework_share": 0.1}, {"rework_share": 0.6})),
    ("work in a sham", ({"sham_share": 0.05}, {"sham_share": 0.4})),
    ("reviewers begin", ({"reaction_minutes": 4.0}, {"reaction_minutes": 30.0})),
    ("a look takes", (
        {"careful_minutes": 5.0, "careless_minutes": 1.0}, {"careful_minutes": 30.0, "careless_minutes": 5.0},
    )),
    ("takes what fits", ({"fits_times": 1.0}, {"fits_times": 1.5})),
    ("last call", ({"last_call_minutes": 5.0}, {"last_call_minutes": 45.0})),
    ("older change seen", ({"early_seen": 0.3}, {"early_seen": 0.9})),
    ("a fix kept back waits", ({"kept_share": 0.1}, {"kept_share": 0.9})),
    ("handing it in takes", ({"kept_minutes": 5.0}, {"kept_minutes": 30.0})),
    ("work on a planted bug", ({"planted_minutes": 10.0}, {"planted_minutes": 60.0})),
)  # fmt: skip

# What a strategy brings, with both ends; all guesses.
BROUGHT: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("bug_planter", "planted", (3, 12)),
    ("sandbagger", "padded", (2, 8)),
    ("valued_sandbagger", "padded", (2, 8)),
    ("sizing_pair", "padded", (2, 8)),
    ("splitter", "split", (2, 6)),
    ("patient_holder", "kept", (2, 4)),
)

CRUMBS = (8, 16, 40)
SEATS = (12, 40, 80)
STORIES = (26, 66)


def settings() -> Iterator[Setting]:
    """Return everything that is tried: the usual first."""
    yield Setting("as usual", "")
    for name, levels in RANGES:
        for people in levels:
            yield Setting(name, " / ".join(f"{value:g}" for value in people.values()), people=people)
    for strategy, what, numbers in BROUGHT:
        for number in numbers:
            yield Setting(
                f"{what} by the {BY_NAME[strategy].title.lower()}", str(number), brings={strategy: {what: number}}
            )
    for number in CRUMBS:
        yield Setting("smallest stories besides", str(number), brings={"cherry_picker": {"crumbs": number}})
    for seats in SEATS:
        for stories in STORIES:
            yield Setting("players / stories", f"{seats} / {stories}", seats=seats, stories=stories)


def sensitivity(ground: Ground, trial: Trial, *, progress: Callable[[Tried], None] | None = None) -> tuple[Tried, ...]:
    """Return how every dishonest strategy does in every setting; ``progress`` is told each as it is done."""
    found = []
    for setting in settings():
        tried = _try(ground, setting, trial)
        found.append(tried)
        if progress:
            progress(tried)
    return tuple(found)


def worst_of(found: tuple[Tried, ...], strategy: str) -> tuple[Setting, Line]:
    """Return the setting in which a strategy is best paid, of those in which it prevents less than half, if there are any."""
    lines = [(tried.setting, line) for tried in found for line in tried.lines if line.strategy == strategy]
    idle = [one for one in lines if one[1].impact.of_honest < LITTLE_PREVENTED]
    return max(idle or lines, key=lambda one: one[1].pay.of_honest)


def resized(ground: Ground, seats: int, stories: int) -> Ground:
    """Return the same day with so many seats and stories; where there are too few, the same again, each a problem of its own."""
    rounds = (
        replace(story, key=f"{story.key}-{number}", problem=f"{story.problem}-{number}")
        for number, story in enumerate(islice(cycle(ground.stories), stories))
    )
    return replace(
        ground,
        stories=tuple(rounds) if stories else ground.stories,
        seats=tuple(islice(cycle(ground.seats), seats)) if seats else ground.seats,
    )


def _try(ground: Ground, setting: Setting, trial: Trial) -> Tried:
    day = resized(ground, setting.seats, setting.stories)
    played = Played(day.without(setting.off) if setting.off else day, trial, USUAL.otherwise(setting.people))
    return Tried(
        setting,
        tuple(played.line(replace(one, **setting.brings.get(one.name, {}))) for one in STRATEGIES if not one.is_honest),
    )
