"""Everybody who is ranked in an event, with squad, team and brackets; squads and teams are sums over them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.events.models import Event, Player, Squad
from gamebash.people.models import Person
from gamebash.people.player_keys import player_key
from gamebash.points.brackets import brackets_of
from gamebash.points.models import PointEntry
from gamebash.points.ranking import Ranked, Score, ranked
from gamebash.points.scoring import EntryKind
from gamebash.points.sums import PlayerSum, Totals
from gamebash.rotation.models import Team

SMALL_GROUP = 5


@dataclass(frozen=True, slots=True)
class Contestant:
    """A player's score, their squad, and whether they want to be on boards that others see."""

    score: Score
    squad: str | None
    is_listed: bool


def contestants_of(event_id: int, totals: Totals, earlier: sa.Select[int, int] | None = None) -> list[Contestant]:
    """Return everybody who plays or has scored and was not disqualified, in one query.

    ``totals`` select what counts, ``earlier`` the points that moves are counted from; without them nobody has moved.
    """
    total = totals.subquery()
    query = (
        sa.select(
            Person, Team, Squad.name, Player.person_id.in_(_veterans(event_id)),
            total.c.points, total.c.fixes, total.c.last_score_at,
        )
        .select_from(Player)
        .join(Person, Person.id == Player.person_id)
        .outerjoin(Team, Team.id == Player.team_id)
        .outerjoin(Squad, Squad.id == Player.squad_id)
        .outerjoin(total, total.c.player_id == Player.id)
        .where(Player.event_id == event_id, sa.or_(Player.left_at.is_(None), total.c.player_id.is_not(None)))
        .where(Player.disqualified_at.is_(None))
    )  # fmt: skip
    if earlier is None:
        query = query.add_columns(total.c.points)
    else:
        before = earlier.subquery()
        query = query.outerjoin(before, before.c.player_id == Player.id).add_columns(before.c.points)
    return [
        Contestant(
            _score(person, team, PlayerSum(int(points or 0), int(fixes or 0), last), int(past or 0), not is_veteran),
            squad,
            person.is_listed,
        )
        for person, team, squad, is_veteran, points, fixes, last, past in db.session.execute(query)
    ]


def squads_of(contestants: Sequence[Contestant]) -> tuple[Ranked, ...]:
    """Return the squads, whose names are unlike each other in an event, by the points of their members."""
    groups: dict[str, list[Contestant]] = defaultdict(list)
    for one in contestants:
        if one.squad is not None:
            groups[one.squad].append(one)
    return ranked(
        together(name, name, [one.score for one in members])
        for name, members in groups.items()
        if not _gives_away(members)
    )


def teams_of(contestants: Sequence[Contestant]) -> tuple[Ranked, ...]:
    """Return the teams by their points per head."""
    groups: dict[str, list[Contestant]] = defaultdict(list)
    for one in contestants:
        if one.score.team_code:
            groups[one.score.team_code].append(one)
    scores = (
        together(code, members[0].score.team_name, [one.score for one in members])
        for code, members in groups.items()
        if not _gives_away(members)
    )
    return ranked(scores, by_head=True)


def together(key: str, name: str, members: Sequence[Score]) -> Score:
    """Return the score of a group."""
    first = members[0]
    return Score(
        key=key,
        name=name,
        initials=initials_of(name),
        team_code=first.team_code,
        team_name=first.team_name,
        team_colour=first.team_colour,
        team_crest=first.team_crest,
        points=sum(one.points for one in members),
        fixes=sum(one.fixes for one in members),
        heads=len(members),
        last_score_at=max((one.last_score_at for one in members if one.last_score_at), default=None),
        earlier=sum(one.earlier for one in members),
    )


def initials_of(name: str) -> str:
    """Return two letters for a shirt."""
    words = name.split() or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def _gives_away(members: Sequence[Contestant]) -> bool:
    """Say whether a group is so small that its sum, less what the others have, would tell what somebody unlisted has."""
    return len(members) < SMALL_GROUP and not all(one.is_listed for one in members)


def _score(person: Person, team: Team | None, total: PlayerSum, earlier: int, is_newcomer: bool) -> Score:  # noqa: FBT001
    return Score(
        key=person.handle,
        name=person.player_name,
        initials=initials_of(person.player_name),
        team_code=team.code if team else "",
        team_name=team.name if team else "",
        team_colour=team.colour if team else "ops",
        team_crest=team.crest.value if team else "ring",
        points=total.points,
        fixes=total.fixes,
        heads=1,
        last_score_at=total.last_score_at,
        earlier=earlier,
        brackets=brackets_of(team.kind if team else None, team.division if team else "", is_newcomer=is_newcomer),
        address=player_key(person.handle, person.alias),
    )


def _veterans(event_id: int) -> sa.Select[int]:
    """Select who of an event's players had a fix accepted in an event before it."""
    this = sa.select(Event.starts_at).where(Event.id == event_id).scalar_subquery()
    playing = sa.select(Player.person_id).where(Player.event_id == event_id)
    return (
        sa.select(Player.person_id)
        .join(PointEntry, PointEntry.player_id == Player.id)
        .join(Event, Event.id == Player.event_id)
        .where(PointEntry.kind == EntryKind.FIX, Event.starts_at < this, Player.person_id.in_(playing))
        .correlate(None)
    )
