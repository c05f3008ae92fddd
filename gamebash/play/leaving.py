"""Leaving an event in the middle of it: nothing stays in hands that are gone."""

from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.events.drafts import lock_event
from gamebash.events.models import Event
from gamebash.events.players import get_player
from gamebash.events.players import leave_event as take_no_further_part
from gamebash.people.models import Person
from gamebash.play.claims import end_claim
from gamebash.play.leases import find_break, lock_player, run_on
from gamebash.play.models import Claim, ClaimEnd
from gamebash.stories.transitions import move_story


def leave_game(event: Event, person: Person, *, now: datetime) -> list[str]:
    """Leave an event: claims go back on the board at once, a break ends; what is in review is reviewed.

    Returns the keys of the stories let go of.

    Raises:
        NotAPlayerError: where the person takes no part.
    """
    lock_event(event)
    player = lock_player(get_player(event, person).id)
    out = find_break(player, event, now=now)
    if out is not None:
        out.ended_at, out.ended_by_id = now, person.id
        db.session.flush()
        run_on(out, at=now)
    query = sa.select(Claim).where(
        Claim.player_id == player.id, Claim.ended_at.is_(None), Claim.lease_ends_at.is_not(None)
    )
    freed = []
    for claim in db.session.scalars(query.order_by(Claim.id).with_for_update()).all():
        end_claim(claim, ClaimEnd.RELEASED, now=now)
        move_story(claim.story, "let_go", now=now)
        freed.append(claim.story.key)
        audit.record(
            "story:released", claim.story.key, by_id=person.id, now=now, event_id=event.id, player=person.player_name
        )
    take_no_further_part(event, person, now=now)
    return freed
