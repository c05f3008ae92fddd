"""Giving badges: after an acceptance and after a watch, once for each person and badge; and taking back what did not hold."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.badges.criteria import earned
from gamebash.badges.facts import KNOWN, facts_of, people_of
from gamebash.badges.kinds import CRITERIA, Badge
from gamebash.badges.models import BadgeAward, BadgeLook, Stage
from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.rows import insert_into
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from gamebash.play.models import Fix, FixState
from gamebash.stories.models import Story
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.models import Watch

AT_ONCE = 50


def sweep_badges(*, now: datetime) -> bool:
    """Look at fixes that were accepted, held or came back since; says whether there were any. A chore of the worker."""
    looks = _due()
    if not looks:
        return False
    for person_id in sorted(people_of({fix_id for fix_id, _ in looks})):
        settle_badges(db.session.get_one(Person, person_id), now=now)
    rows = [{"fix_id": fix_id, "stage": stage, "at": now} for fix_id, stage in looks]
    db.session.execute(insert_into(BadgeLook).on_conflict_do_nothing(), rows)
    return True


def settle_badges(person: Person, *, now: datetime) -> list[Badge]:
    """Bring somebody's badges to what their fixes prove; returns those that are new."""
    proven = earned(facts_of([person.id]).get(person.id, []))
    query = sa.select(BadgeAward).where(BadgeAward.person_id == person.id).with_for_update()
    kept = {award.badge: award for award in db.session.scalars(query)}
    for badge, award in kept.items():
        if badge not in proven and award.withdrawn_at is None:
            award.withdrawn_at = now
            audit.record("badge:withdrawn", person.handle, by_id=None, now=now, badge=badge.value)
    return [badge for badge, fix_id in proven.items() if _give(person, badge, fix_id, kept.get(badge), now=now)]


def _give(person: Person, badge: Badge, fix_id: int, award: BadgeAward | None, *, now: datetime) -> bool:
    """Give a badge that is not there, or bring a withdrawn one back; of two workers at once one does."""
    if award is not None and award.withdrawn_at is None:
        return False
    if award is not None:
        award.withdrawn_at, award.fix_id = None, fix_id
    else:
        insert = (
            insert_into(BadgeAward)
            .values(person_id=person.id, badge=badge, fix_id=fix_id, awarded_at=now)
            .on_conflict_do_nothing(index_elements=["person_id", "badge"])
            .returning(BadgeAward.id)
        )
        if db.session.scalar(insert) is None:
            return False
    words = CRITERIA[badge]
    text = f"Badge earned: {words.name}. {words.takes}"
    tell(person.id, NoticeKind.BADGE, text, key=f"badge:{badge}:{fix_id}", now=now, url="/badges")
    audit.record("badge:earned", person.handle, by_id=None, now=now, badge=badge.value)
    return True


def _due() -> list[tuple[int, Stage]]:
    """Return fixes with a stage that nobody looked at; none of what a freeze still holds back."""
    accepted = (
        sa.select(Fix.id)
        .join(Story, Story.id == Fix.story_id)
        .where(Fix.state == FixState.ACCEPTED, Story.state.in_(KNOWN), _is_unseen(Fix.id, Stage.ACCEPTED))
    )
    held = sa.select(Watch.fix_id).where(Watch.state == WatchState.HELD, _is_unseen(Watch.fix_id, Stage.HELD))
    recurred = sa.select(Watch.fix_id).where(
        Watch.state == WatchState.RECURRED, _is_unseen(Watch.fix_id, Stage.RECURRED)
    )
    found: list[tuple[int, Stage]] = []
    for stage, query in ((Stage.ACCEPTED, accepted), (Stage.HELD, held), (Stage.RECURRED, recurred)):
        found += [(fix_id, stage) for fix_id in db.session.scalars(query.limit(AT_ONCE))]
    return found


def _is_unseen(fix_id: sa.orm.InstrumentedAttribute[int], stage: Stage) -> sa.ColumnElement[bool]:
    return ~sa.exists().where(BadgeLook.fix_id == fix_id, BadgeLook.stage == stage)
