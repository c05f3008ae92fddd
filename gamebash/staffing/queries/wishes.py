"""What people wish: one's own page, and for managers the list of everybody."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from gamebash.absences.scope import closed_teams
from gamebash.core.db import db
from gamebash.core.paging import Paged
from gamebash.people.models import Person
from gamebash.policy import Permission, is_allowed
from gamebash.rotation.lanes import days_in_words
from gamebash.rotation.membership import Member, TeamBadge, everyone_on, teams_on
from gamebash.rotation.queries.found import team_badges, team_choices
from gamebash.staffing.models import PreferenceRow
from gamebash.staffing.preferences import as_preference, latest_preferences
from gamebash.staffing.wishes import WISH_WORDS, Preference, Wish, places_in_words

SHOWN_BEFORE = 10
SHOWN_LATEST = 4


@dataclass(frozen=True, slots=True)
class SaidWish:
    """A wish in words: what, where to, from when, the note, and when it was said."""

    wish: Wish
    words: str
    places: str
    from_on: date | None
    note: str
    said_at: datetime

    @property
    def sentence(self) -> str:
        """The wish as one line."""
        if self.wish is not Wish.MOVE:
            return self.words
        day = f" from {self.from_on.day} {self.from_on:%B %Y}" if self.from_on else ""
        return f"{self.words}: {self.places}{day}"


@dataclass(frozen=True, slots=True)
class WishRow:
    """A person in a team and what they wish; None where they have not said."""

    member: Member
    lasting: str
    wish: SaidWish | None


@dataclass(frozen=True, slots=True)
class WishFilter:
    """How a manager narrows the wishes: a team's code, a wish or ``unsaid``, part of a name."""

    team: str = ""
    wish: str = ""
    q: str = ""

    def params(self) -> dict[str, str]:
        """Return what an address carries of the filter."""
        values = {"team": self.team, "wish": self.wish, "q": self.q}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class WishesPage:
    """Everybody's wishes, for managers."""

    rows: Paged[WishRow]
    filter: WishFilter
    counts: dict[str, int]
    team_choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OwnWishPage:
    """One's own wish, where one is, and what one said before."""

    now: SaidWish | None
    before: tuple[SaidWish, ...]
    preference: Preference | None
    team: TeamBadge | None
    teams: tuple[TeamBadge, ...]


def wishes_page(filter_: WishFilter, number: int, *, reader: Person, today: date) -> WishesPage:
    """Return the people whose wishes a manager may read, with them: who wants to move first, then by name."""
    closed = closed_teams(reader)
    badges = team_badges()
    said = {row.person_id: _said(row, badges) for row in db.session.scalars(latest_preferences())}
    everyone = [
        WishRow(member, days_in_words((today - member.since_on).days), said.get(member.person_id))
        for member in everyone_on(today)
        if member.team.id not in closed
    ]
    counts = {one.value: sum(row.wish is not None and row.wish.wish is one for row in everyone) for one in Wish}
    counts["unsaid"] = sum(row.wish is None for row in everyone)
    kept = sorted(
        (row for row in everyone if _is_wanted(row, filter_)),
        key=lambda row: (row.wish is None or row.wish.wish is not Wish.MOVE, row.wish is None),
    )
    paged = Paged(tuple(kept), number, len(kept))
    start = (number - 1) * paged.per_page
    rows = Paged(tuple(kept[start : start + paged.per_page]), number, len(kept))
    teams = (badge for badge in badges.values() if badge.is_active and badge.id not in closed)
    return WishesPage(rows, filter_, counts, team_choices(teams))


def own_wish_page(person: Person, *, today: date) -> OwnWishPage:
    """Return what a person wishes and wished."""
    badges = team_badges()
    query = sa.select(PreferenceRow).where(PreferenceRow.person_id == person.id).order_by(PreferenceRow.id.desc())
    rows = db.session.scalars(query.limit(SHOWN_BEFORE).options(sa.orm.lazyload("*"))).all()
    said = tuple(_said(row, badges) for row in rows)
    return OwnWishPage(
        said[0] if said else None,
        said[1:],
        as_preference(rows[0]) if rows else None,
        teams_on([person.id], today).get(person.id),
        tuple(badge for badge in badges.values() if badge.is_active),
    )


def _said(row: PreferenceRow, badges: dict[int, TeamBadge]) -> SaidWish:
    preference = as_preference(row)
    codes = {team.id: team.code for team in badges.values()}
    places = places_in_words(preference.teams, preference.kinds, codes)
    return SaidWish(row.wish, WISH_WORDS[row.wish], places, row.from_on, row.note, row.said_at)


def _is_wanted(row: WishRow, filter_: WishFilter) -> bool:
    said = row.wish.wish.value if row.wish else "unsaid"
    return (
        (not filter_.team or row.member.team.code == filter_.team)
        and (not filter_.wish or said == filter_.wish)
        and filter_.q.casefold() in f"{row.member.name} {row.member.handle}".casefold()
    )


@dataclass(frozen=True, slots=True)
class LatestWishes:
    """What was said last, as far as a reader may know, and whether they said anything themselves."""

    rows: tuple[WishRow, ...]
    is_manager: bool
    own: bool


def latest_wishes(reader: Person, *, today: date) -> LatestWishes:
    """Return the few wishes said last of people whose managers the reader is among; for others none but their own."""
    badges = team_badges()
    is_manager = is_allowed(reader.roles, Permission.READ_WISHES)
    closed = closed_teams(reader) if is_manager else frozenset()
    said = {row.person_id: row for row in db.session.scalars(latest_preferences())}
    rows = [
        WishRow(one, days_in_words((today - one.since_on).days), _said(said[one.person_id], badges))
        for one in everyone_on(today)
        if one.person_id in said and (one.person_id == reader.id or (is_manager and one.team.id not in closed))
    ]
    ordered = sorted(rows, key=lambda row: (row.wish.said_at, row.member.name) if row.wish else (), reverse=True)
    return LatestWishes(tuple(ordered[:SHOWN_LATEST]), is_manager, reader.id in said)
