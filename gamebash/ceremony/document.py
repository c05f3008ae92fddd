"""The result of an event as one document of ids and figures: the same facts give the same bytes.

No name is in it. Names are joined when it is shown, so that a new name, an alias or a leaver made anonymous changes
nothing of what was announced. ``VERSION`` goes up whenever the same facts would give other bytes.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from gamebash.points.ranking import Ranked, Score, ranked

VERSION = 1


@dataclass(frozen=True, slots=True)
class Line:
    """The line of the ledger up to which a result counts."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class PlayerFacts:
    """What somebody did in the event, in ids and figures; ``hours`` are those they brought."""

    person_id: int
    team_id: int | None
    squad_id: int | None
    hours: float
    points: int
    fixes: int
    last_score_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoryFacts:
    """A story of the board: what it paid and was worth, and who squashed it when."""

    number: int
    grade: str
    points: int
    value: float
    squashed_at: datetime | None
    person_id: int | None


@dataclass(frozen=True, slots=True)
class AwardFact:
    """An award that was given: by which rule and figures, or by hand with a title and a reason."""

    rule: str
    person_id: int
    figures: Mapping[str, Any]
    title: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ResultFacts:
    """Everything that a result is made of. Awards come in the order of the ceremony."""

    event_id: int
    line: Line
    players: tuple[PlayerFacts, ...]
    stories: tuple[StoryFacts, ...]
    awards: tuple[AwardFact, ...] = ()


def result_of(facts: ResultFacts) -> dict[str, Any]:
    """Return the document: places of players, squads and teams, awards, what was squashed, the totals."""
    players = sorted(facts.players, key=lambda one: one.person_id)
    squashed = [story for story in facts.stories if story.squashed_at is not None]
    return {
        "version": VERSION,
        "event": facts.event_id,
        "ledger": asdict(facts.line),
        "totals": _totals(facts, squashed),
        "players": [
            {**_place(one), "person": player.person_id, "team": player.team_id, "squad": player.squad_id}
            for one, player in ranked_players(players)
        ],
        "squads": [{**_place(one), "squad": int(one.score.key)} for one in _together(players, "squad_id")],
        "teams": [{**_place(one), "team": int(one.score.key)} for one in _together(players, "team_id", by_head=True)],
        "awards": [_award(award) for award in facts.awards],
        "squashed": [_story(story) for story in sorted(squashed, key=_by_time)],
        "not_squashed": sorted(story.number for story in facts.stories if story.squashed_at is None),
    }


def text_of(document: dict[str, Any]) -> str:
    """Return the document as canonical JSON: keys in order, no spaces, one line feed at the end."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"


def digest_of(text: str) -> str:
    """Return the SHA-256 of a document's UTF-8 bytes, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def _totals(facts: ResultFacts, squashed: Sequence[StoryFacts]) -> dict[str, Any]:
    return {
        "stories": len(facts.stories),
        "squashed": len(squashed),
        "players": len(facts.players),
        "teams": len({player.team_id for player in facts.players if player.team_id is not None}),
        "hours": round(sum(player.hours for player in facts.players), 2),
        "points": sum(player.points for player in facts.players),
        "value": round(sum(sorted(story.value for story in squashed)), 2),
    }


def ranked_players(players: Sequence[PlayerFacts]) -> list[tuple[Ranked, PlayerFacts]]:
    """Return players by place; those who share one by their id, since a name may change. The rule is ``ranking``'s."""
    known = {_key(player.person_id): player for player in players}
    return [(one, known[one.score.key]) for one in ranked(_score(_key(one.person_id), [one]) for one in players)]


def _together(players: Iterable[PlayerFacts], what: str, *, by_head: bool = False) -> tuple[Ranked, ...]:
    groups: dict[int, list[PlayerFacts]] = defaultdict(list)
    for player in players:
        if (group := getattr(player, what)) is not None:
            groups[group].append(player)
    return ranked((_score(_key(group), members) for group, members in groups.items()), by_head=by_head)


def _score(key: str, members: Sequence[PlayerFacts]) -> Score:
    points = sum(one.points for one in members)
    return Score(
        key=key,
        name="",
        initials="",
        team_code="",
        team_name="",
        team_colour="",
        team_crest="",
        points=points,
        fixes=sum(one.fixes for one in members),
        heads=len(members),
        last_score_at=max((one.last_score_at for one in members if one.last_score_at), default=None),
        earlier=points,
    )


def _place(one: Ranked) -> dict[str, Any]:
    score = one.score
    return {
        "place": one.place,
        "points": score.points,
        "fixes": score.fixes,
        "heads": score.heads,
        "last_score_at": _moment(score.last_score_at),
    }


def _story(story: StoryFacts) -> dict[str, Any]:
    return {
        "story": story.number,
        "grade": story.grade,
        "points": story.points,
        "value": round(story.value, 2),
        "at": _moment(story.squashed_at),
        "person": story.person_id,
    }


def _award(award: AwardFact) -> dict[str, Any]:
    by_hand = {"title": award.title, "reason": award.reason} if award.title else {}
    return {"rule": award.rule, "person": award.person_id, "figures": dict(award.figures), **by_hand}


def _by_time(story: StoryFacts) -> tuple[str, int]:
    return _moment(story.squashed_at), story.number


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else ""


def _key(number: int) -> str:
    """Return an id as text that sorts like the number."""
    return f"{number:012d}"
