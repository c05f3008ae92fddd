"""What a calendar link gives, and the page on which a person makes and revokes theirs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.rotation.feeds import Item, Link, calendar, items_of_person
from gamebash.rotation.models import CalendarFeed, Move, MoveApproval, MoveConsent, Team, TourRow
from gamebash.rotation.parts import items_of
from gamebash.rotation.queries.found import team_badges, team_choices
from gamebash.rotation.tours import Entry

DAYS_BACK = 400


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One calendar link of a person."""

    number: int
    what: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class CalendarsPage:
    """The links a person gave out, the teams they can give out, and the address of one just made."""

    lines: tuple[FeedLine, ...]
    team_choices: tuple[tuple[str, str], ...]
    chosen: str
    made: str


def calendars_page(owner: Person, *, chosen: str = "", made: str = "") -> CalendarsPage:
    """Return a person's calendar links that work, newest first; ``made`` is the address of one just made."""
    query = (
        sa.select(CalendarFeed, Team)
        .outerjoin(Team, Team.id == CalendarFeed.team_id)
        .where(CalendarFeed.owner_id == owner.id, CalendarFeed.revoked_at.is_(None))
        .order_by(CalendarFeed.id.desc())
    )
    lines = tuple(
        FeedLine(feed.id, f"{team.code} {team.name}" if team else "My moves", feed.created_at)
        for feed, team in db.session.execute(query)
    )
    teams = ("", "My own moves"), *team_choices(team_badges().values())[1:]
    return CalendarsPage(lines, teams, chosen, made)


def feed_file(feed: CalendarFeed, *, today: date, base: str) -> bytes:
    """Return the calendar of a link: the owner's whole log, or a team's moves and tours of the last year and ahead."""
    codes = {team.id: team.code for team in team_badges().values()}
    if feed.team is None:
        items = _items(sa.select(sa.literal(feed.owner_id)), codes, today, None)
        return calendar(f"Moves of {feed.owner.name}", [*items, *items_of(feed.owner, today)], base)
    since = today - timedelta(days=DAYS_BACK)
    items = _items(_people_of(feed.team, since), codes, today, feed.team.id)
    return calendar(f"{feed.team.name} ({feed.team.code})", (item for item in items if item.end > since), base)


def _people_of(team: Team, since: date) -> sa.Select[tuple[int]]:
    """Return the ids of everybody who was in a team since a day, or was to be."""
    here = sa.select(TourRow.person_id).where(
        TourRow.team_id == team.id, sa.or_(TourRow.until_on.is_(None), TourRow.until_on > since)
    )
    planned = sa.select(Move.person_id).where(
        sa.or_(Move.to_team_id == team.id, Move.from_team_id == team.id), Move.effective_on > since
    )
    return sa.select(here.union(planned).subquery().c.person_id)


def _items(people: sa.Select[tuple[int]], codes: dict[int, str], today: date, team: int | None) -> list[Item]:
    """Return the items of all these people; one query."""
    corrected = aliased(Move)

    def count(kind: type[MoveApproval | MoveConsent]) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.count()).select_from(kind).where(kind.move_id == Move.id).scalar_subquery()

    query = (
        sa.select(Move, Person.name, corrected.number, count(MoveApproval), count(MoveConsent))
        .join(Person, Person.id == Move.person_id)
        .outerjoin(corrected, corrected.id == Move.corrects_id)
        .where(Move.person_id.in_(people))
        .order_by(Move.person_id, Move.number)
    )
    logs: dict[int, list[Link]] = {}
    for move, name, corrects, approvals, consents in db.session.execute(query):
        logs.setdefault(move.person_id, []).append(_link(move, name, corrects, (approvals, consents)))
    return [item for links in logs.values() for item in items_of_person(links, codes, today, team)]


def _link(move: Move, name: str, corrects: int | None, answers: tuple[int, int]) -> Link:
    entry = Entry(move.number, move.effective_on, move.from_team_id, move.to_team_id, corrects)
    approvals, consents = answers
    return Link(
        entry=entry,
        name=name,
        reason=move.reason,
        digest=move.hash,
        written_at=move.logged_at,
        answers=approvals + consents,
        # Somebody is asked and has not answered: the calendar says tentative.
        is_settled=not move.asks_consent or consents > 0,
    )
