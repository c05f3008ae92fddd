"""Reads what badges are given for: the accepted fixes that people wrote, helped with, or found something in."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gamebash.backlog.models import Incident, Service
from gamebash.badges.criteria import FixFact, Part
from gamebash.core.db import db
from gamebash.events.models import Event, EventStory, Player
from gamebash.play.models import Assist, Fix, FixState, Review, Verdict
from gamebash.rotation.kinds import TeamKind
from gamebash.rotation.models import Team
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Origin, Story
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.models import Watch
from gamebash.watch.verdict import QUARTER_DAYS

# A squash after the freeze is held back from its story until the results are out, and its badges with it.
KNOWN = (StoryState.ACCEPTED, StoryState.WATCHED, StoryState.HELD, StoryState.RECURRED)
OPS = (TeamKind.OPS, TeamKind.SRE)


def facts_of(person_ids: Collection[int]) -> dict[int, list[FixFact]]:
    """Return the facts of people, by person. Three queries."""
    facts: dict[int, list[FixFact]] = defaultdict(list)
    for part, query in _PARTS:
        for row in db.session.execute(query.where(_who(part).in_(person_ids))).mappings():
            facts[row["who"]].append(_fact(row, part))
    return facts


def people_of(fix_ids: Collection[int]) -> set[int]:
    """Return everybody who had to do with fixes: who wrote, helped, or reviewed the same claim."""
    wrote = sa.select(Player.person_id).join(Fix, Fix.player_id == Player.id).where(Fix.id.in_(fix_ids))
    helped = sa.select(Player.person_id).join(Assist, Assist.player_id == Player.id).where(Assist.fix_id.in_(fix_ids))
    claims = sa.select(Fix.claim_id).where(Fix.id.in_(fix_ids))
    reviewed = (
        sa.select(Player.person_id)
        .join(Review, Review.player_id == Player.id)
        .join(Fix, Fix.id == Review.fix_id)
        .where(Fix.claim_id.in_(claims), Review.verdict.is_not(None))
    )
    return set(db.session.scalars(sa.union(wrote, helped, reviewed)))


_Author = aliased(Player)
_Actor = aliased(Player)
_Attempt = aliased(Fix)
_Earlier = aliased(Fix)
_EarlierPlayer = aliased(Player)
_EarlierEvent = aliased(Event)


def _who(part: Part) -> Any:
    return _Author.person_id if part is Part.FIXED else _Actor.person_id


def _base(part: Part) -> sa.Select[Any]:
    """Select accepted fixes that may be known, with what a fact needs."""
    sent_back = sa.exists().where(
        _Attempt.claim_id == Fix.claim_id, _Attempt.id != Fix.id, _Attempt.state == FixState.SENT_BACK
    )
    before = (
        sa.exists()
        .where(_Earlier.player_id == _EarlierPlayer.id, _Earlier.state == FixState.ACCEPTED)
        .where(_EarlierPlayer.person_id == _Author.person_id)
        .where(_EarlierEvent.id == _Earlier.event_id, _EarlierEvent.starts_at < Event.starts_at)
    )
    # What was said to have held and looks as if it came back is the fixer's alone to know until it is settled.
    is_held = sa.or_(
        Watch.state == WatchState.HELD,
        sa.and_(Watch.state == WatchState.CAME_BACK, Watch.decided_at.is_not(None)),
    )
    return (
        sa.select(
            _who(part).label("who"), Fix.id.label("fix_id"), sa.func.coalesce(is_held, sa.false()).label("is_held"),
            EventStory.grade.label("grade"), Fix.change_url.label("change"), Fix.root_cause.label("root_cause"),
            sa.func.coalesce(Watch.problem_id, Story.problem_id, Incident.problem_id).label("problem_id"),
            (Story.origin == Origin.NOISE).label("is_noise"), sent_back.label("was_sent_back"),
            sa.and_(Service.team_id.is_not(None), Service.team_id.is_distinct_from(_Author.team_id)).label("is_away"),
            sa.func.coalesce(Team.kind.in_(OPS), sa.false()).label("is_ops"), sa.not_(before).label("is_newcomer"),
            Watch.starts_at.label("starts_at"), Watch.ends_at.label("ends_at"), Watch.forecast.label("forecast"),
        )
        .select_from(Fix)
        .join(_Author, _Author.id == Fix.player_id)
        .join(Event, Event.id == Fix.event_id)
        .join(Story, Story.id == Fix.story_id)
        .join(EventStory, sa.and_(EventStory.event_id == Fix.event_id, EventStory.story_id == Fix.story_id))
        .join(Service, Service.id == Story.service_id)
        .outerjoin(Team, Team.id == _Author.team_id)
        .outerjoin(Incident, Incident.id == Story.incident_id)
        .outerjoin(Watch, Watch.fix_id == Fix.id)
        .where(Fix.state == FixState.ACCEPTED, Story.state.in_(KNOWN))
    )  # fmt: skip


def _helped() -> sa.Select[Any]:
    return _base(Part.HELPED).join(Assist, Assist.fix_id == Fix.id).join(_Actor, _Actor.id == Assist.player_id)


def _found() -> sa.Select[Any]:
    """Select the fixes that were accepted after a send-back which no appeal overturned, with who sent back."""
    sent_back = aliased(Fix)
    return (
        _base(Part.FOUND)
        .join(sent_back, sa.and_(sent_back.claim_id == Fix.claim_id, sent_back.id != Fix.id))
        .join(Review, sa.and_(Review.fix_id == sent_back.id, Review.verdict == Verdict.SEND_BACK))
        .join(_Actor, _Actor.id == Review.player_id)
    )


_PARTS = ((Part.FIXED, _base(Part.FIXED)), (Part.HELPED, _helped()), (Part.FOUND, _found()))


def _fact(row: Any, part: Part) -> FixFact:
    days = (row["ends_at"] - row["starts_at"]).days if row["starts_at"] else 0
    return FixFact(
        fix_id=row["fix_id"],
        part=part,
        is_held=bool(row["is_held"]),
        grade=row["grade"].value if row["grade"] else "",
        change=row["change"],
        problem_id=row["problem_id"],
        root_cause=row["root_cause"].value,
        is_noise=bool(row["is_noise"]),
        was_sent_back=bool(row["was_sent_back"]),
        is_away=bool(row["is_away"]),
        is_ops=bool(row["is_ops"]),
        is_newcomer=bool(row["is_newcomer"]),
        days=days,
        expected=(row["forecast"] or 0.0) * days / QUARTER_DAYS,
    )
