"""Who gets which award: by rule, from facts, never by how much somebody did. Pure.

Each rule says by what it compares, and who is equal in all of it shares the award. An award needs something to honour:
where nobody did it, nobody gets it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

DOUBLE = "double_yellow"
ENOUGH_DOUBLES = 2
# Less than one incident of the mildest kind, or an hour of noise, is not worth saying aloud.
WORTH_SAYING = 1.0

K = TypeVar("K")
T = TypeVar("T")
Figures = Mapping[str, Any]


class AwardRule(StrEnum):
    """What an award is for, in the order in which the ceremony gives them."""

    PLACE = "place"
    NEWCOMER = "newcomer"
    OPS = "ops"
    SCRUM = "scrum"
    FIRST_FIX = "first_fix"
    MOST_PREVENTED = "most_prevented"
    ROOT_CAUSE = "root_cause"
    NOISE_GATE = "noise_gate"
    BEST_REVIEW = "best_review"
    SECOND_SERVE = "second_serve"
    HANDOVER = "handover"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class FixDone:
    """An accepted fix that still counts. ``value`` is what its story prevents in a quarter, hours where it is noise.

    ``incidents`` are those expected in a quarter without it; nothing where nobody knew.
    ``found_by`` are the reviewers whose send-back stood; ``helped`` those named as having helped.
    """

    story: int
    person: int
    at: datetime
    grade: str
    value: float
    incidents: float
    is_noise: bool
    change: str
    is_first: bool = False
    is_newcomer: bool = False
    sent_back: int = 0
    found_by: tuple[int, ...] = ()
    helped: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """Somebody with points: their place, and the brackets they play in (newcomer, ops, scrum)."""

    person: int
    place: int
    brackets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """What the rules look at; ``places`` is how many of them are set for the event."""

    places: int
    placed: tuple[Placed, ...]
    fixes: tuple[FixDone, ...]


@dataclass(frozen=True, slots=True)
class ProposedAward:
    """An award that a rule gives to one person, and the figures of why."""

    rule: AwardRule
    person: int
    figures: Figures = field(default_factory=dict)


def proposed_awards(facts: AwardFacts) -> tuple[ProposedAward, ...]:
    """Return what every rule gives, in the order of the ceremony; of those who share one, by their id."""
    return tuple(one for rule in RULES for one in sorted(rule(facts), key=_by_place))


def _places(facts: AwardFacts) -> Iterable[ProposedAward]:
    """Call up by points, most first; equal ones by the earlier last score, and who is equal in that too shares the place."""
    for placed in facts.placed:
        if placed.place <= facts.places:
            figures = {"place": placed.place, **_why(placed.person, facts)}
            yield ProposedAward(AwardRule.PLACE, placed.person, figures)


def _brackets(facts: AwardFacts) -> Iterable[ProposedAward]:
    """Honour the best placed of each bracket who is not on the podium, nor honoured by a bracket before."""
    honoured: set[int] = set()
    for rule in (AwardRule.NEWCOMER, AwardRule.OPS, AwardRule.SCRUM):
        inside = [
            one
            for one in facts.placed
            if rule.value in one.brackets and one.place > facts.places and one.person not in honoured
        ]
        best = min((one.place for one in inside), default=0)
        winners = [one for one in inside if one.place == best]
        honoured |= {one.person for one in winners}
        yield from (ProposedAward(rule, one.person, {"place": one.place}) for one in winners)


def _first_fix(facts: AwardFacts) -> Iterable[ProposedAward]:
    """Honour the first accepted fix of the day, as the ledger has it."""
    return [ProposedAward(AwardRule.FIRST_FIX, fix.person, {"story": fix.story}) for fix in facts.fixes if fix.is_first]


def _most_prevented(facts: AwardFacts) -> Iterable[ProposedAward]:
    """Honour who prevented most of a quarter's pain; equal ones by the fewer fixes that took."""
    mine = _by_person(fix for fix in facts.fixes if not fix.is_noise)
    mine = {one: fixes for one, fixes in mine.items() if _total(fixes) >= WORTH_SAYING}
    best = _best(mine, lambda fixes: (_total(fixes), -len(fixes)))
    return [ProposedAward(AwardRule.MOST_PREVENTED, one, _prevented(mine[one])) for one in best]


def _root_cause(facts: AwardFacts) -> Iterable[ProposedAward]:
    """Honour one change that squashed several stories; equal ones by what they prevent together."""
    changes: dict[tuple[int, str], list[FixDone]] = defaultdict(list)
    for fix in facts.fixes:
        changes[fix.person, fix.change].append(fix)
    several = {key: fixes for key, fixes in changes.items() if len(fixes) > 1}
    best = _best(several, lambda fixes: (len(fixes), _total(fixes)))
    return [ProposedAward(AwardRule.ROOT_CAUSE, key[0], {"stories": len(several[key])}) for key in best]


def _noise_gate(facts: AwardFacts) -> Iterable[ProposedAward]:
    """Honour most hours of noise taken away; equal ones by the fewer fixes that took."""
    mine = _by_person(fix for fix in facts.fixes if fix.is_noise and fix.value > 0)
    best = _best(mine, lambda fixes: (_total(fixes), -len(fixes)))
    return [ProposedAward(AwardRule.NOISE_GATE, one, {"hours": _total(mine[one])}) for one in best]


def _best_review(facts: AwardFacts) -> Iterable[ProposedAward]:
    """Honour the one review that found something in the story worth most of those squashed later; not how many."""
    found = {(person, fix.story): fix for fix in facts.fixes for person in fix.found_by}
    best = _best(found, lambda fix: (fix.value, fix.at.timestamp() * -1))
    return [ProposedAward(AwardRule.BEST_REVIEW, key[0], {"story": key[1]}) for key in best]


def _second_serve(facts: AwardFacts) -> Iterable[ProposedAward]:
    """Honour the story worth most that was sent back and squashed all the same; equal ones by the earlier squash."""
    again = {(fix.person, fix.story): fix for fix in facts.fixes if fix.sent_back}
    best = _best(again, lambda fix: (fix.value, fix.at.timestamp() * -1))
    figures = {key: {"story": key[1], "times": again[key].sent_back} for key in best}
    return [ProposedAward(AwardRule.SECOND_SERVE, key[0], figures[key]) for key in best]


def _handover(facts: AwardFacts) -> Iterable[ProposedAward]:
    """Honour who helped the most different newcomers to score, then the most different people; not how often."""
    taught: dict[int, list[FixDone]] = defaultdict(list)
    for fix in facts.fixes:
        for person in fix.helped:
            taught[person].append(fix)
    best = _best(taught, lambda fixes: (len(_newcomers(fixes)), len({fix.person for fix in fixes})))
    figures = {
        one: {"newcomers": len(_newcomers(taught[one])), "people": len({fix.person for fix in taught[one]})}
        for one in best
    }
    return [ProposedAward(AwardRule.HANDOVER, one, figures[one]) for one in best]


RULES: tuple[Callable[[AwardFacts], Iterable[ProposedAward]], ...] = (
    _places, _brackets, _first_fix, _most_prevented, _root_cause, _noise_gate, _best_review, _second_serve, _handover,
)  # fmt: skip


def _why(person: int, facts: AwardFacts) -> Figures:
    """Return what a place is announced with, before the points: the rarest thing its holder did."""
    mine = [fix for fix in facts.fixes if fix.person == person]
    doubles = sum(fix.grade == DOUBLE for fix in mine)
    noise = _total([fix for fix in mine if fix.is_noise])
    prevented = _prevented([fix for fix in mine if not fix.is_noise])
    helped = {fix.person for fix in facts.fixes if person in fix.helped}
    if doubles >= ENOUGH_DOUBLES:
        return {"why": "doubles", "doubles": doubles}
    if noise > prevented["value"] and noise >= WORTH_SAYING:
        return {"why": "noise", "hours": noise}
    if prevented["value"] >= WORTH_SAYING:
        return {"why": "prevented", **prevented}
    return {"why": "helped", "people": len(helped)} if helped else {"why": "squashed", "fixes": len(mine)}


def _by_person(fixes: Iterable[FixDone]) -> dict[int, list[FixDone]]:
    groups: dict[int, list[FixDone]] = defaultdict(list)
    for fix in fixes:
        groups[fix.person].append(fix)
    return groups


def _newcomers(fixes: Iterable[FixDone]) -> set[int]:
    return {fix.person for fix in fixes if fix.is_newcomer}


def _total(fixes: Sequence[FixDone]) -> float:
    """Return what fixes are worth together; added in one order, so that it is always the same."""
    return round(sum(sorted(fix.value for fix in fixes)), 1)


def _best(groups: Mapping[K, T], measure: Callable[[T], tuple[float, ...]]) -> list[K]:
    """Return everybody whose measure is the highest."""
    highest = max((measure(group) for group in groups.values()), default=None)
    return [key for key, group in groups.items() if measure(group) == highest]


def _prevented(fixes: Sequence[FixDone]) -> Figures:
    return {"value": _total(fixes), "incidents": round(sum(sorted(fix.incidents for fix in fixes)))}


def _by_place(award: ProposedAward) -> tuple[int, int]:
    return award.figures.get("place", 0), award.person
