"""Which fixes of an event a rescore is about, and the entries that stand for them."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from gamebash.core.db import db
from gamebash.core.errors import InvalidError
from gamebash.events.models import Event, EventStory, Player
from gamebash.play.models import Fix, FixState, Review, SpotCheck, Verdict
from gamebash.play.paying import awards_of_author
from gamebash.points.models import PointEntry
from gamebash.points.scoring import EntryKind
from gamebash.rescoring.plan import Deed, Standing, Worthy
from gamebash.stories.models import Story

MOST = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """What an organiser asks for. At least one of author, reviewer, story and failed checks narrows the fixes.

    Handles and the story's key as people type them; ``to`` is the handle of whoever gets what was paid.
    """

    deed: Deed
    author: str = ""
    reviewer: str = ""
    story: str = ""
    only_failed: bool = False
    to: str = ""
    reason: str = ""

    @property
    def words(self) -> str:
        """What was chosen, in words."""
        parts = [
            f"by {self.author}" if self.author else "",
            f"accepted by {self.reviewer}" if self.reviewer else "",
            f"for {self.story}" if self.story else "",
            "that failed a second look" if self.only_failed else "",
        ]
        return " ".join(["fixes", *(part for part in parts if part)])

    def check(self) -> None:
        """Refuse what would be about everything, or says too little.

        Raises:
            InvalidError: saying what is missing.
        """
        if not (self.author or self.reviewer or self.story or self.only_failed):
            raise InvalidError("Choose at least a player, a reviewer, a story, or the fixes that failed a second look.")
        if self.deed is Deed.GIVE_TO and not self.to:
            raise InvalidError("Say who is to get what these fixes paid.")


def chosen_fixes(event: Event, choice: Choice) -> list[Fix]:
    """Return the accepted fixes that a choice is about, oldest first.

    Raises:
        InvalidError: where the choice narrows nothing, or there are more than 500.
    """
    choice.check()
    author, reviewer = aliased(Player), aliased(Player)
    query = (
        sa.select(Fix)
        .join(author, author.id == Fix.player_id)
        .where(Fix.event_id == event.id, Fix.state == FixState.ACCEPTED)
        .options(joinedload(Fix.story), joinedload(Fix.player))
        .order_by(Fix.id)
        .limit(MOST + 1)
    )
    if choice.author:
        query = query.where(author.person.has(handle=choice.author))
    if choice.story:
        query = query.join(Fix.story).where(Story.number == _number(choice.story))
    if choice.reviewer:
        accepted = sa.select(Review.fix_id).join(reviewer, reviewer.id == Review.player_id)
        accepted = accepted.where(Review.verdict == Verdict.ACCEPT, reviewer.person.has(handle=choice.reviewer))
        query = query.where(Fix.id.in_(accepted))
    if choice.only_failed:
        query = query.where(Fix.id.in_(sa.select(SpotCheck.fix_id).where(SpotCheck.holds.is_(False))))
    fixes = list(db.session.scalars(query))
    if len(fixes) > MOST:
        raise InvalidError(f"These are more than {MOST} fixes. Narrow them further.")
    return fixes


def standing_entries(fixes: list[Fix]) -> list[Standing]:
    """Return the entries of these fixes that stand: no reversals but those that gave back, and none that was taken back."""
    clawback, first = aliased(PointEntry), aliased(PointEntry)
    query = (
        sa.select(PointEntry, first.kind)
        .outerjoin(clawback, sa.and_(clawback.id == PointEntry.reverses_id, clawback.kind == EntryKind.CLAWBACK))
        .outerjoin(first, first.id == clawback.reverses_id)
        .where(PointEntry.fix_id.in_([fix.id for fix in fixes]), _is_not_reversed())
        .where(sa.or_(PointEntry.reverses_id.is_(None), clawback.id.is_not(None)))
        .order_by(PointEntry.seq)
    )
    return [_standing(one, kind or one.kind) for one, kind in db.session.execute(query)]


def standing_clawbacks(fixes: list[Fix]) -> list[Standing]:
    """Return what watches took of these fixes and nobody gave back since."""
    query = (
        sa.select(PointEntry)
        .where(PointEntry.fix_id.in_([fix.id for fix in fixes]), PointEntry.kind == EntryKind.CLAWBACK)
        .where(_is_not_reversed())
        .order_by(PointEntry.seq)
    )
    return [_standing(one, one.kind) for one in db.session.scalars(query)]


def _is_not_reversed() -> sa.ColumnElement[bool]:
    reversal = aliased(PointEntry)
    return ~sa.exists().where(reversal.reverses_id == PointEntry.id)


def _standing(entry: PointEntry, kind: EntryKind) -> Standing:
    return Standing(entry.id, entry.player_id, kind, entry.points, entry.reason, entry.fix_id or 0, entry.story_id)


def worths_of(fixes: list[Fix]) -> list[Worthy]:
    """Return what each fix would pay its author and assists now, by the event's frozen rules."""
    found = []
    for fix in fixes:
        query = sa.select(EventStory).where(EventStory.event_id == fix.event_id, EventStory.story_id == fix.story_id)
        entry = db.session.scalars(query).one()
        found.append(Worthy(fix.id, fix.story_id, awards_of_author(fix, entry)))
    return found


def _number(key: str) -> int:
    digits = key.upper().removeprefix("GB-")
    return int(digits) if digits.isdecimal() and len(digits) < 10 else 0  # noqa: PLR2004  fits the column
