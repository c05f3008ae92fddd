"""The list of watches: which fixes are watched, which stayed away, which came back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from gamebash.backlog.models import Incident, Problem, Service
from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.core.search import has_words
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player
from gamebash.people.models import Person
from gamebash.play.models import Assist, Fix
from gamebash.points.models import PointEntry
from gamebash.points.scoring import EntryKind
from gamebash.stories.models import Story
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.models import Proposal, ProposalState, Watch
from gamebash.watch.numbers import RepeatRate
from gamebash.watch.queries.repeats import overall_rates
from gamebash.watch.recurrences import is_recurrence

LONGEST_SEARCH = 200


class Show(StrEnum):
    """Which watches are looked at together."""

    ALL = "all"
    WATCHED = "watched"
    HELD = "held"
    RECURRED = "recurred"
    MINE = "mine"


@dataclass(frozen=True, slots=True)
class WatchFilter:
    """What of the watches is asked for."""

    show: Show = Show.ALL
    words: str = ""
    service: str = ""
    event: str = ""
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        """Say whether anything but a page was asked for."""
        return bool(self.show is not Show.ALL or self.words or self.service or self.event)

    @property
    def address(self) -> dict[str, str]:
        """What of it stands in an address; the usual is left out."""
        show = "" if self.show is Show.ALL else self.show.value
        values = {"show": show, "q": self.words, "service": self.service, "event": self.event}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Came:
    """The incident that says that a fix did not hold."""

    title: str
    source: str
    external_id: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class WatchLine:
    """One watched fix. ``expected`` incidents while it is watched if nobody had fixed it, ``came`` so far.

    ``is_private``: its fixer reads that it came back, and nobody else does yet.
    """

    story_key: str
    title: str
    problem_key: str
    service: str
    event_name: str
    event_slug: str
    fixer: str
    is_mine: bool
    state: WatchState
    is_corrected: bool
    is_private: bool
    starts_at: datetime
    ends_at: datetime
    days: int
    days_left: int
    expected: float
    came: int
    back: Came | None
    again_key: str


@dataclass(frozen=True, slots=True)
class WatchesPage:
    """One page of watches, how many there are in each state, and how often problems came back lately.

    ``has_effect``: the results of the event chosen are out, so that what it changed can be told.
    """

    filter: WatchFilter
    lines: Paged[WatchLine]
    watched: int
    held: int
    recurred: int
    rates: tuple[RepeatRate, ...]
    waiting_proposals: int
    services: tuple[tuple[str, str], ...]
    events: tuple[tuple[str, str], ...]
    has_effect: bool
    now: datetime


def watches_page(chosen: WatchFilter, person: Person, *, now: datetime) -> WatchesPage:
    """Return one page of watches as one person may see them, in at most ten queries."""
    rows, total = fetch_page(_query(chosen, person), chosen.page)
    came = _came([watch.id for watch, *_ in rows])
    counts = _counts()
    waiting = sa.select(sa.func.count()).select_from(Proposal).where(Proposal.state == ProposalState.WAITING)
    return WatchesPage(
        filter=chosen,
        lines=Paged(
            tuple(
                _line(one, person, came.get(one.id, 0), now, is_corrected=is_corrected)
                for one, is_corrected, *_ in rows
            ),
            chosen.page,
            total,
        ),
        watched=counts.get(WatchState.WATCHING, 0),
        held=counts.get(WatchState.HELD, 0),
        recurred=counts.get(WatchState.RECURRED, 0),
        rates=overall_rates(now=now),
        waiting_proposals=db.session.scalar(waiting) or 0,
        services=_services(),
        events=_events(),
        has_effect=bool(chosen.event) and _has_effect(chosen.event, now),
        now=now,
    )


def _counts() -> dict[str, int]:
    state = _public_state().label("state")
    return {row[0]: row[1] for row in db.session.execute(sa.select(state, sa.func.count()).group_by(state))}


def _public_state() -> Any:
    """Return how a watch stands for everybody, in SQL; as ``effects.public_state`` does of one."""
    hidden = sa.case((Watch.decided_at.is_(None), WatchState.WATCHING.value), else_=WatchState.HELD.value)
    return sa.case((Watch.state == WatchState.CAME_BACK, hidden), else_=sa.cast(Watch.state, sa.String))


_STATES = {Show.WATCHED: WatchState.WATCHING, Show.HELD: WatchState.HELD, Show.RECURRED: WatchState.RECURRED}


def _query(chosen: WatchFilter, person: Person) -> sa.Select[Any]:
    query: Any = (
        sa.select(Watch, _is_corrected())
        .join(Watch.fix)
        .join(Fix.story)
        .join(Watch.event)
        .options(
            joinedload(Watch.fix).options(joinedload(Fix.story).joinedload(Story.service), joinedload(Fix.player)),
            joinedload(Watch.problem).joinedload(Problem.merged_into),
            joinedload(Watch.recurrence).joinedload(Incident.source),
            joinedload(Watch.event),
            joinedload(Watch.new_story),
        )
        .order_by(Watch.starts_at.desc(), Watch.id.desc())
    )
    if chosen.show in _STATES:
        query = query.where(_public_state() == _STATES[chosen.show].value)
    if chosen.show is Show.MINE:
        query = query.where(_is_mine(person))
    if chosen.words.strip():
        query = query.where(has_words(Story, chosen.words))
    if chosen.service:
        query = query.where(Story.service.has(Service.slug == chosen.service))
    if chosen.event:
        query = query.where(Event.slug == chosen.event)
    found: sa.Select[Any] = query
    return found


def _is_corrected() -> sa.ColumnElement[bool]:
    """Say whether what the watch took was given back: an organiser found that it had not come back after all."""
    clawback, correction = aliased(PointEntry), aliased(PointEntry)
    return (
        sa.exists()
        .where(
            clawback.fix_id == Watch.fix_id, clawback.kind == EntryKind.CLAWBACK, correction.reverses_id == clawback.id
        )
        .label("is_corrected")
    )


def _is_mine(person: Person) -> sa.ColumnElement[bool]:
    author = aliased(Player)
    wrote = sa.exists().where(author.id == Fix.player_id, author.person_id == person.id)
    helped = sa.select(Assist.fix_id).join(Assist.player).where(Player.person_id == person.id)
    return sa.or_(wrote, Fix.id.in_(helped), Story.created_by_id == person.id)


def _came(watch_ids: Collection[int]) -> dict[int, int]:
    query = sa.select(Watch.id, sa.func.count(Incident.id)).join(Incident, is_recurrence())
    rows = db.session.execute(query.where(Watch.id.in_(list(watch_ids))).group_by(Watch.id))
    return {watch_id: count for watch_id, count in rows}  # noqa: C416 rows are no pairs to mypy


def _line(watch: Watch, person: Person, came: int, now: datetime, *, is_corrected: bool) -> WatchLine:
    fix, problem = watch.fix, watch.problem
    is_mine = fix.player.person_id == person.id
    is_private = watch.state is WatchState.CAME_BACK and is_mine
    hidden = WatchState.WATCHING if watch.decided_at is None else WatchState.HELD
    state = hidden if watch.state is WatchState.CAME_BACK and not is_mine else watch.state
    shows_back = state in {WatchState.CAME_BACK, WatchState.RECURRED}
    return WatchLine(
        story_key=fix.story.key,
        title=fix.story.title,
        problem_key=(problem.merged_into or problem).key if problem else "",
        service=fix.story.service.name,
        event_name=watch.event.name,
        event_slug=watch.event.slug,
        fixer="You" if is_mine else fix.player.person.player_name,
        is_mine=is_mine,
        state=state,
        is_corrected=is_corrected,
        is_private=is_private,
        starts_at=watch.starts_at,
        ends_at=watch.ends_at,
        days=watch.days,
        days_left=max(0, (watch.ends_at - now).days + 1) if now < watch.ends_at else 0,
        expected=watch.expected,
        came=came if shows_back else 0,
        back=_back(watch.recurrence) if shows_back else None,
        again_key=watch.new_story.key if watch.new_story else "",
    )


def _back(incident: Incident | None) -> Came | None:
    if incident is None:
        return None
    return Came(incident.title, incident.source.slug, incident.external_id, incident.opened_at)


def _has_effect(slug: str, now: datetime) -> bool:
    event = db.session.scalar(sa.select(Event).where(Event.slug == slug, Event.state == EventState.CLOSED))
    return event is not None and event.public_until(now) is None


def _services() -> tuple[tuple[str, str], ...]:
    watched = sa.select(Story.service_id).join(Fix, Fix.story_id == Story.id).join(Watch, Watch.fix_id == Fix.id)
    query = sa.select(Service.slug, Service.name).where(Service.id.in_(watched)).order_by(Service.name)
    return tuple((slug, name) for slug, name in db.session.execute(query))


def _events() -> tuple[tuple[str, str], ...]:
    query = sa.select(Event.slug, Event.name, Event.starts_at).where(Event.id.in_(sa.select(Watch.event_id)))
    rows = db.session.execute(query.order_by(Event.starts_at.desc()).limit(40))
    return tuple((slug, f"{name}, {starts_at:%b %Y}") for slug, name, starts_at in rows)
