"""The ceremony as somebody sees it: all of it for the organiser who runs it and once the result is out, else up to now."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from gamebash.ceremony.award_rules import AwardRule
from gamebash.ceremony.award_words import PINS, reason_of, title_of
from gamebash.ceremony.ceremonies import step_of
from gamebash.ceremony.names import Name, TeamSign, signs_of
from gamebash.ceremony.reports import find_report
from gamebash.ceremony.results import get_result
from gamebash.ceremony.reveal import Row, Script, Stop, script_of
from gamebash.core.db import db
from gamebash.events.lifecycle import EventState, is_revealed
from gamebash.events.models import Event
from gamebash.points.models import EventResult

NOBODY = Name("", "Somebody")
NOT_CLOSED = -1


@dataclass(frozen=True, slots=True)
class Honour:
    """An award as it is read out."""

    title: str
    who: str
    reason: str
    drawing: str


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody called up: place, who, of which team, why, and the points."""

    step: int
    place: int
    who: Name
    team: TeamSign | None
    why: str
    points: int
    fixes: int
    honours: tuple[Honour, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One stop on the way up: who is read out by it, and until which step it stays."""

    step: int
    until: int
    called: tuple[Called, ...]


@dataclass(frozen=True, slots=True)
class Show:
    """Everything that the ceremony shows; what a viewer may not see yet is not in it.

    ``honours_at``, ``everyone_at`` and ``drinks_at`` are steps; ``blocks`` is how many stand on the podium in the end.
    """

    field: tuple[Field, ...]
    podium: tuple[Called, ...]
    honours: tuple[Honour, ...]
    everyone: tuple[str, ...]
    place: str
    honours_at: int
    everyone_at: int
    drinks_at: int
    blocks: int


@dataclass(frozen=True, slots=True)
class CeremonyPage:
    """The ceremony of an event; before it is closed there is nothing to show, and ``at`` is -1."""

    slug: str
    name: str
    at: int = NOT_CLOSED
    squashed: int = 0
    players: int = 0
    teams: int = 0
    show: Show | None = None
    is_leading: bool = False
    is_out: bool = False
    is_again: bool = False
    has_report: bool = False
    is_following: bool = False
    reveals_at: datetime | None = None

    @property
    def runs_here(self) -> bool:
        """Whether whoever looks has the keys: the organiser in the hall, and everybody once the result is out."""
        return (self.is_leading or self.is_out) and not self.is_following

    @property
    def first_place(self) -> int:
        """The step of the first place, at which the dots fall."""
        return self.show.honours_at - 1 if self.show and self.show.blocks else -1

    @property
    def last(self) -> int:
        """The last step."""
        return self.show.drinks_at if self.show else 0


def ceremony_page(event: Event, *, is_organiser: bool, now: datetime, again: bool = False) -> CeremonyPage:
    """Return the ceremony as far as the viewer may see it. At most five queries."""
    is_out = is_revealed(event.state, event.reveals_at, now)
    if event.state is not EventState.CLOSED or db.session.get(EventResult, event.id) is None:
        return CeremonyPage(event.slug, event.name)
    document = json.loads(get_result(event).document)
    script = script_of(document)
    at = (0 if again else script.drinks) if is_out else step_of(event)
    show = _show(event, document, script)
    totals = document["totals"]
    return CeremonyPage(
        slug=event.slug,
        name=event.name,
        at=at,
        squashed=totals["squashed"],
        players=totals["players"],
        teams=totals["teams"],
        show=show if is_out or is_organiser else _up_to(show, at),
        is_leading=is_organiser and not is_out,
        is_out=is_out,
        is_again=again and is_out,
        has_report=is_out and find_report(event) is not None,
        reveals_at=event.reveals_at,
    )


@dataclass(frozen=True, slots=True)
class _Joined:
    """A document's ids with their names, and what is said of whom."""

    names: dict[int, Name]
    teams: dict[int, TeamSign]
    whys: dict[int, str]
    honours: dict[int, tuple[Honour, ...]]
    in_order: tuple[Honour, ...]


def followers_page(event: Event, *, now: datetime) -> CeremonyPage:
    """Return the ceremony for those who follow it and have no keys, also when the result is out at its end."""
    return replace(ceremony_page(event, is_organiser=False, now=now), is_following=True)


def _show(event: Event, document: Row, script: Script) -> Show:
    joined = _joined(document)
    ends = [stop.step for stop in script.field[1:]] + [script.podium[0].step if script.podium else script.honours]
    return Show(
        field=tuple(
            Field(stop.step, end, _called(stop, joined)) for stop, end in zip(script.field, ends, strict=False)
        ),
        podium=tuple(one for stop in script.podium for one in _called(stop, joined)),
        honours=joined.in_order,
        everyone=tuple(sorted((name.name for name in joined.names.values()), key=str.casefold)),
        place=event.place,
        honours_at=script.honours,
        everyone_at=script.everyone,
        drinks_at=script.drinks,
        blocks=len(script.podium),
    )


def honours_of(document: Row, names: dict[int, Name]) -> tuple[Honour, ...]:
    """Return every award but the places, as it is read out, in the order of the ceremony."""
    return tuple(
        _honour(award, names) for award in document["awards"] if AwardRule(award["rule"]) is not AwardRule.PLACE
    )


def honours_by_person(document: Row, names: dict[int, Name]) -> dict[int, tuple[Honour, ...]]:
    """Return the awards but the places, by who got them."""
    honours: dict[int, tuple[Honour, ...]] = {}
    for award in document["awards"]:
        if AwardRule(award["rule"]) is not AwardRule.PLACE:
            honours[award["person"]] = (*honours.get(award["person"], ()), _honour(award, names))
    return honours


def _honour(award: Row, names: dict[int, Name]) -> Honour:
    rule = AwardRule(award["rule"])
    return Honour(
        title=title_of(rule, award.get("title", "")),
        who=names.get(award["person"], NOBODY).name,
        reason=reason_of(rule, award["figures"], award.get("reason", "")),
        drawing=PINS.get(rule, ""),
    )


def _joined(document: Row) -> _Joined:
    signs = signs_of(document)
    names = signs.people
    whys = {
        award["person"]: reason_of(AwardRule.PLACE, award["figures"])
        for award in document["awards"]
        if AwardRule(award["rule"]) is AwardRule.PLACE
    }
    return _Joined(names, signs.teams, whys, honours_by_person(document, names), honours_of(document, names))


def _called(stop: Stop, joined: _Joined) -> tuple[Called, ...]:
    return tuple(
        Called(
            step=stop.step,
            place=row["place"],
            who=joined.names.get(row["person"], NOBODY),
            team=joined.teams.get(row["team"]),
            why=joined.whys.get(row["person"], ""),
            points=row["points"],
            fixes=row["fixes"],
            honours=joined.honours.get(row["person"], ()),
        )
        for row in stop.rows
    )


def _up_to(show: Show, at: int) -> Show:
    """Return what the hall has seen, and nothing of what comes."""
    return replace(
        show,
        field=tuple(one for one in show.field if one.step <= at),
        podium=tuple(one for one in show.podium if one.step <= at),
        honours=show.honours if show.honours_at <= at else (),
        everyone=show.everyone if show.everyone_at <= at else (),
        place=show.place if show.drinks_at <= at else "",
    )
