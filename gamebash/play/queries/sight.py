"""What one viewer may see of an event while its board stands still: what everybody sees, and what they had a part in."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.events.freeze import is_public
from gamebash.events.models import Event, EventStory, Player
from gamebash.people.models import Person
from gamebash.play.models import Assist, Fix, Review
from gamebash.policy import Permission, is_allowed


@dataclass(frozen=True, slots=True)
class Sight:
    """The freeze as one viewer meets it: ``until`` is empty where all is seen, ``stories`` are those with a part in."""

    until: datetime | None = None
    stories: frozenset[int] = frozenset()

    def has_part(self, story_id: int) -> bool:
        """Say whether the viewer sees all that happens with a story: no freeze, or their own work."""
        return self.until is None or story_id in self.stories

    def shows_squash(self, entry: EventStory) -> bool:
        """Say whether the viewer may see that a story is squashed."""
        return entry.squashed_at is not None and (
            self.has_part(entry.story_id) or is_public(entry.squashed_at, self.until)
        )


EVERYTHING = Sight()
_WAS_ASKED = sa.or_(Review.verdict.is_not(None), Review.ended_at.is_(None), Review.ended_at == Fix.decided_at)


def sight_of(event: Event, person: Person | None, own: frozenset[int] = frozenset(), *, now: datetime) -> Sight:
    """Return what a viewer with a part in those stories may see of an event; nobody's sight is the public's.

    Author, assists, the author's squad and whoever gave a verdict on the story know of it anyway; organisers see all.
    """
    until = event.public_until(now)
    if until is None or (person is not None and is_allowed(person.roles, Permission.ORGANISE_EVENTS)):
        return EVERYTHING
    return Sight(until, own)


def has_part(viewer: type[Player]) -> sa.ColumnElement[bool]:
    """Return the condition that a viewer had a part in the story of an entry; the query has both, the viewer perhaps empty."""
    author = sa.orm.aliased(Player)
    helped = sa.exists().where(Assist.fix_id == Fix.id, Assist.player_id == viewer.id).correlate(Fix, viewer)
    reviewed = (
        sa.exists().where(Review.fix_id == Fix.id, Review.player_id == viewer.id, _WAS_ASKED).correlate(Fix, viewer)
    )
    return (
        sa.exists()
        .where(Fix.event_id == EventStory.event_id, Fix.story_id == EventStory.story_id, Fix.player_id == author.id)
        .where(sa.or_(author.id == viewer.id, author.squad_id == viewer.squad_id, helped, reviewed))
        .correlate(EventStory, viewer)
    )


def parts_by_player(event: Event, squashed_after: datetime | None = None) -> dict[int, frozenset[int]]:
    """Return for each player the stories that they had a part in, as ``sight_of`` counts it.

    With a moment named, only those of them that were squashed after it.
    """
    mate = sa.orm.aliased(Player)
    in_squad = sa.and_(mate.squad_id == Player.squad_id, mate.event_id == Player.event_id)
    authors = sa.select(Fix.story_id, mate.id).join(Fix.player).join(mate, sa.or_(mate.id == Player.id, in_squad))
    helpers = sa.select(Fix.story_id, Assist.player_id).join(Assist, Assist.fix_id == Fix.id)
    reviewers = sa.select(Fix.story_id, Review.player_id).join(Review, Review.fix_id == Fix.id).where(_WAS_ASKED)
    condition = Fix.event_id == event.id
    if squashed_after is not None:
        late = sa.select(EventStory.story_id).where(
            EventStory.event_id == event.id, EventStory.squashed_at > squashed_after
        )
        condition = sa.and_(condition, Fix.story_id.in_(late))
    parts: dict[int, set[int]] = defaultdict(set)
    for query in (authors, helpers, reviewers):
        for story_id, player_id in db.session.execute(query.where(condition)):
            parts[player_id].add(story_id)
    return {player_id: frozenset(stories) for player_id, stories in parts.items()}
