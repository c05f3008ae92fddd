"""What an accepted fix pays, and to whom. Reads the event's frozen rules and copied points, never current settings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gamebash.events.rules import Rules


class EntryKind(StrEnum):
    """What an entry of the ledger is for."""

    FIX = "fix"
    FIRST_FIX = "first_fix"
    ASSIST = "assist"
    REVIEW = "review"
    NEWCOMER = "newcomer"
    HELD_BONUS = "held_bonus"
    CLAWBACK = "clawback"
    AWARD = "award"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class CountedReview:
    """A review that stood: who gave it, what its reviewer was paid in the event so far.

    ``paid_for_author`` is how many reviews of each other these two were paid for, whichever way round.
    """

    review_id: int
    player_id: int
    paid_so_far: int
    paid_for_author: int


@dataclass(frozen=True, slots=True)
class FixFacts:
    """An accepted fix in what scoring looks at. ``points`` are what it is worth (``worth``), nothing for whatever reason."""

    fix_id: int
    story_key: str
    points: int
    author_id: int
    assist_ids: tuple[int, ...]
    is_newcomer: bool
    reviews: tuple[CountedReview, ...]


@dataclass(frozen=True, slots=True)
class Award:
    """Points for one player, why, and the key under which they can be paid only once."""

    player_id: int
    kind: EntryKind
    points: int
    reason: str
    key: str


def awards_for(fix: FixFacts, rules: Rules) -> tuple[Award, ...]:
    """Return everything an accepted fix pays; what would be nothing is left out."""
    every = (*_to_author(fix, rules), *_to_assists(fix, rules), *_to_reviewers(fix.reviews, fix.story_key, rules))
    return tuple(award for award in every if award.points > 0)


def first_fix_award(event_id: int, story_key: str, author_id: int, rules: Rules) -> Award:
    """Return the bonus for the first fix of the day: of those that pay, the one submitted first. Its key makes it one an event."""
    reason = f"First fix of the day, {story_key}"
    return Award(author_id, EntryKind.FIRST_FIX, rules.first_fix_bonus, reason, f"first_fix:event:{event_id}")


def _to_author(fix: FixFacts, rules: Rules) -> Iterator[Award]:
    yield Award(fix.author_id, EntryKind.FIX, fix.points, f"Squashed {fix.story_key}", f"fix:{fix.fix_id}")
    if fix.is_newcomer:
        extra = round(fix.points * (rules.newcomer_factor - 1))
        reason = (
            f"First event: {fix.points} \N{MULTIPLICATION SIGN} {rules.newcomer_factor:g}, rounded to {fix.points + extra}, "
            f"of which {fix.points} are for {fix.story_key} itself"
        )
        yield Award(fix.author_id, EntryKind.NEWCOMER, extra, reason, f"newcomer:{fix.fix_id}")


def _to_assists(fix: FixFacts, rules: Rules) -> Iterator[Award]:
    """Share the assist's part among all who helped, at least a point each where the fix pays at all."""
    if not fix.points:
        return
    for player_id in fix.assist_ids:
        share = max(1, round(fix.points * rules.assist_share / len(fix.assist_ids)))
        key = f"assist:{fix.fix_id}:{player_id}"
        among = f", shared by {len(fix.assist_ids)}" if len(fix.assist_ids) > 1 else ""
        reason = f"Helped to squash {fix.story_key}: {rules.assist_share:.0%} of {fix.points}{among}"
        yield Award(player_id, EntryKind.ASSIST, share, reason, key)


def _to_reviewers(reviews: Sequence[CountedReview], story_key: str, rules: Rules) -> Iterator[Award]:
    for review in reviews:
        points = min(rules.reviewer_points, rules.reviewer_points_cap - review.paid_so_far)
        if review.paid_for_author < rules.pair_limit:
            yield Award(
                review.player_id, EntryKind.REVIEW, points, f"Reviewed {story_key}", f"review:{review.review_id}"
            )
