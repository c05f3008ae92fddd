"""The page of rescores: what would change, and what was changed before."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player
from gamebash.people.models import Person
from gamebash.rescoring.choosing import Choice
from gamebash.rescoring.models import Rescore
from gamebash.rescoring.rescores import Move, Preview, preview_rescore

SHOWN = 20


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A correction that would be written: whose, how many points, for which story, and what it does."""

    who: str
    story_key: str
    points: int
    what: str


@dataclass(frozen=True, slots=True)
class RescorePage:
    """Rescoring an event. Without a choice nothing is previewed yet."""

    slug: str
    name: str
    state: EventState
    players: tuple[tuple[str, str], ...]
    is_previewed: bool
    fixes: int
    changes: tuple[ChangeLine, ...]
    change_count: int
    moves: tuple[Move, ...]
    seq: int
    made: tuple[Rescore, ...]
    now: datetime


def rescore_page(event: Event, choice: Choice | None, *, now: datetime) -> RescorePage:
    """Return the page, with a preview where something was chosen."""
    found = preview_rescore(event, choice) if choice else None
    rows = db.session.execute(
        sa.select(Player.id, Person.handle, Person.name)
        .join(Person, Person.id == Player.person_id)
        .where(Player.event_id == event.id)
        .order_by(Person.name)
    ).all()
    names = {player_id: name for player_id, _, name in rows}
    made = sa.select(Rescore).where(Rescore.event_id == event.id).options(joinedload(Rescore.made_by))
    return RescorePage(
        slug=event.slug,
        name=event.name,
        state=event.state,
        players=tuple((handle, name) for _, handle, name in rows),
        is_previewed=found is not None,
        fixes=len(found.fixes) if found else 0,
        changes=_lines(found, names) if found else (),
        change_count=len(found.changes) if found else 0,
        moves=found.moves if found else (),
        seq=found.seq if found else 0,
        made=tuple(db.session.scalars(made.order_by(Rescore.id.desc()).limit(SHOWN))),
        now=now,
    )


def _lines(found: Preview, names: dict[int, str]) -> tuple[ChangeLine, ...]:
    keys = {fix.id: fix.story.key for fix in found.fixes}
    return tuple(
        ChangeLine(names.get(one.player_id, ""), keys.get(one.fix_id, ""), one.points, one.what)
        for one in found.changes[:SHOWN]
    )
