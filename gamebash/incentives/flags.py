"""What organisers should look at: patterns that may be chance, and say why they are shown. Never a punishment. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from gamebash.events.rules import Rules
from gamebash.stories.grades import Grade

PAIR_TIMES = 3
QUICK = timedelta(minutes=3)
BURST_TIMES = 3
BURST_WITHIN = timedelta(hours=1)
FAR_BELOW = 0.1
FAR_ABOVE = 4.0
ATTEMPTS = 4
SENT_BACK_SHARE = 0.5
HOUR = 3600


class FlagKind(StrEnum):
    """What a flag is about."""

    SAME_PAIR = "same_pair"
    QUICK_REVIEW = "quick_review"
    BURST = "burst"
    EARLY_CHANGE = "early_change"
    SIZE = "size"
    VERDICT = "verdict"
    SEND_BACKS = "send_backs"
    LAPSES = "lapses"
    FAILED_CHECK = "failed_check"
    OWN_CHANGE = "own_change"


TITLES = {
    FlagKind.SAME_PAIR: "The same two often",
    FlagKind.QUICK_REVIEW: "Accepted within minutes",
    FlagKind.BURST: "A burst of the smallest",
    FlagKind.EARLY_CHANGE: "Older than the event",
    FlagKind.SIZE: "Size far from time taken",
    FlagKind.VERDICT: "A verdict on a watched problem",
    FlagKind.SEND_BACKS: "Often sent back",
    FlagKind.LAPSES: "Claims that ran out",
    FlagKind.FAILED_CHECK: "Failed a second look",
    FlagKind.OWN_CHANGE: "Mends an own change",
}


@dataclass(frozen=True, slots=True)
class Who:
    """A player as flags name them."""

    handle: str
    name: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who accepted a fix, and how long after it was handed in."""

    reviewer: Who
    after: timedelta


@dataclass(frozen=True, slots=True)
class FixEvidence:
    """A handed-in fix in what flags look at; ``held`` is the time from its claim to its first hand-in."""

    key: str
    author: Who
    grade: Grade
    effort_hours: float
    held: timedelta
    submitted_at: datetime
    is_accepted: bool
    is_sent_back: bool
    is_early: bool
    is_own_change: bool
    acceptances: tuple[Acceptance, ...] = ()
    failed_checks: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything of an event that flags look at; ``lapses`` counts claims that ran out, by player."""

    rules: Rules
    fixes: tuple[FixEvidence, ...] = ()
    lapses: dict[Who, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing to look at. ``key`` is the same as long as it is about the same; it links to a story or a score."""

    key: str
    kind: FlagKind
    says: str
    story_key: str = ""
    handle: str = ""


def flags_of(evidence: Evidence) -> tuple[Flag, ...]:
    """Return every flag, those that say most first."""
    makers = (_failed, _verdicts, _pairs, _quick, _early, _own, _bursts, _sizes, _send_backs, _lapses)
    return tuple(flag for make in makers for flag in make(evidence))


def _failed(evidence: Evidence) -> Iterator[Flag]:
    for fix in evidence.fixes:
        for reason in fix.failed_checks:
            says = f"{fix.author.name}'s fix was accepted, and failed a second look: {reason}"
            yield Flag(f"failed_check:{fix.key}", FlagKind.FAILED_CHECK, says, fix.key, fix.author.handle)


def _verdicts(evidence: Evidence) -> Iterator[Flag]:
    for fix in evidence.fixes:
        for reference in fix.verdicts:
            says = f"While {fix.key} is watched, somebody with a part in its fix asked to call something noise or to move it ({reference})."
            yield Flag(f"verdict:{fix.key}:{reference}", FlagKind.VERDICT, says, fix.key, fix.author.handle)


def _pairs(evidence: Evidence) -> Iterator[Flag]:
    counts: Counter[tuple[Who, Who]] = Counter()
    for fix in evidence.fixes:
        counts.update((fix.author, one.reviewer) for one in fix.acceptances)
    for (author, reviewer), count in sorted(counts.items(), key=lambda item: (-item[1], item[0][0].handle)):
        if count >= PAIR_TIMES:
            says = f"{reviewer.name} accepted {count} fixes of {author.name}. Reviewers are drawn, so this is unlikely by chance."
            yield Flag(f"same_pair:{author.handle}:{reviewer.handle}", FlagKind.SAME_PAIR, says, handle=author.handle)


def _quick(evidence: Evidence) -> Iterator[Flag]:
    for fix in evidence.fixes:
        quickest = min(fix.acceptances, key=lambda one: one.after, default=None)
        if quickest is not None and quickest.after < QUICK:
            seconds = int(quickest.after.total_seconds())
            says = f"{quickest.reviewer.name} accepted it {seconds} seconds after {fix.author.name} handed it in."
            yield Flag(f"quick_review:{fix.key}", FlagKind.QUICK_REVIEW, says, fix.key, fix.author.handle)


def _early(evidence: Evidence) -> Iterator[Flag]:
    for fix in evidence.fixes:
        if fix.is_early and fix.is_accepted:
            says = (
                f"{fix.author.name}'s change was begun before the event went live, by their own word or its Git host's."
            )
            yield Flag(f"early_change:{fix.key}", FlagKind.EARLY_CHANGE, says, fix.key, fix.author.handle)


def _own(evidence: Evidence) -> Iterator[Flag]:
    for fix in evidence.fixes:
        if fix.is_own_change and fix.is_accepted:
            says = f"{fix.author.name} says that it mends a change of their own."
            yield Flag(f"own_change:{fix.key}", FlagKind.OWN_CHANGE, says, fix.key, fix.author.handle)


def _bursts(evidence: Evidence) -> Iterator[Flag]:
    small = _by_author(fix for fix in evidence.fixes if fix.grade is Grade.BLUE)
    for author, fixes in small.items():
        times = sorted(fix.submitted_at for fix in fixes)
        windows = zip(times, times[BURST_TIMES - 1 :], strict=False)
        if any(last - first <= BURST_WITHIN for first, last in windows):
            says = f"{author.name} handed in {len(fixes)} of the smallest, {BURST_TIMES} of them within an hour."
            yield Flag(f"burst:{author.handle}", FlagKind.BURST, says, handle=author.handle)


def _sizes(evidence: Evidence) -> Iterator[Flag]:
    """Flag an author once for all of their fixes that took far less, or far more, than estimated."""
    for author, fixes in _by_author(fix for fix in evidence.fixes if fix.is_accepted).items():
        shares = {
            fix.key: fix.held.total_seconds() / HOUR / fix.effort_hours for fix in fixes if fix.grade is not Grade.BLUE
        }
        below = [key for key, share in shares.items() if share < FAR_BELOW]
        above = [key for key, share in shares.items() if share > FAR_ABOVE]
        if below:
            says = (
                f"{author.name} took less than a tenth of the estimate for {_keys(below)}. Padded, kept back, or lucky?"
            )
            yield Flag(f"size_below:{author.handle}", FlagKind.SIZE, says, below[0], author.handle)
        if above:
            says = (
                f"{author.name} took more than four times the estimate for {_keys(above)}. What did the estimate miss?"
            )
            yield Flag(f"size_above:{author.handle}", FlagKind.SIZE, says, above[0], author.handle)


def _send_backs(evidence: Evidence) -> Iterator[Flag]:
    for author, fixes in _by_author(evidence.fixes).items():
        sent_back = sum(fix.is_sent_back for fix in fixes)
        if len(fixes) >= ATTEMPTS and sent_back >= SENT_BACK_SHARE * len(fixes):
            says = f"{sent_back} of {author.name}'s {len(fixes)} attempts were sent back."
            yield Flag(f"send_backs:{author.handle}", FlagKind.SEND_BACKS, says, handle=author.handle)


def _lapses(evidence: Evidence) -> Iterator[Flag]:
    limit = evidence.rules.lapse_limit or PAIR_TIMES
    for who, count in sorted(evidence.lapses.items(), key=lambda item: (-item[1], item[0].handle)):
        if count >= limit:
            yield Flag(
                f"lapses:{who.handle}", FlagKind.LAPSES, f"{count} claims of {who.name} ran out.", handle=who.handle
            )


def _by_author(fixes: Iterable[FixEvidence]) -> dict[Who, list[FixEvidence]]:
    found: defaultdict[Who, list[FixEvidence]] = defaultdict(list)
    for fix in fixes:
        found[fix.author].append(fix)
    return dict(found)


def _keys(keys: Sequence[str]) -> str:
    return " and ".join([", ".join(keys[:-1]), keys[-1]]) if len(keys) > 1 else keys[0]
