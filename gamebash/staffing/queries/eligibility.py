"""Who may leave ops, and what is missing: one's own, and for managers everybody in ops."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gamebash.people.models import Person
from gamebash.rotation.membership import Member, everyone_on
from gamebash.staffing.eligibility import Eligibility, Record, eligibility, rule_in_words
from gamebash.staffing.knowledge import Fact, Ground
from gamebash.staffing.queries.facts import deeds_between
from gamebash.staffing.queries.lessons import lessons_given_between
from gamebash.staffing.rulebook import EligibilityRule, RuleKind
from gamebash.staffing.rules import Version, present_rule
from gamebash.staffing.words import people_with_word

TEACHING = frozenset({Ground.REVIEW, Ground.TAUGHT})


@dataclass(frozen=True, slots=True)
class EligibleRow:
    """Somebody in ops or SRE, and how they stand to the rule."""

    member: Member
    eligibility: Eligibility
    has_word: bool


@dataclass(frozen=True, slots=True)
class EligibilityPage:
    """The rule, and for managers everybody it is about; for others themselves, where it is about them."""

    rule: EligibilityRule
    version: Version
    words: str
    rows: tuple[EligibleRow, ...]
    can_set: bool

    @property
    def ready(self) -> int:
        """How many are eligible."""
        return sum(row.eligibility.is_eligible for row in self.rows)


def eligibility_page(reader: Person, *, today: date, can_set: bool) -> EligibilityPage:
    """Return the rule with everybody in ops for a manager, with oneself for anybody else."""
    version = present_rule(RuleKind.ELIGIBILITY)
    rule = EligibilityRule.from_document(version.document)
    people = [one for one in everyone_on(today) if one.team.is_ops and (can_set or one.person_id == reader.id)]
    judged, words = judge(people, rule, today), people_with_word()
    rows = tuple(EligibleRow(one, judged[one.person_id], one.person_id in words) for one in people)
    ordered = tuple(sorted(rows, key=lambda row: (row.eligibility.from_on, row.member.name)))
    return EligibilityPage(rule, version, rule_in_words(rule), ordered, can_set)


def judge(
    people: Iterable[Member], rule: EligibilityRule, on: date, more: Iterable[Fact] = ()
) -> dict[int, Eligibility]:
    """Return how people stand to the rule on a day, by id, with ``more`` facts from elsewhere. Three queries.

    What counts was done in the present tour.
    """
    people = tuple(people)
    if not people:
        return {}
    since = min(one.since_on for one in people)
    deeds = [*deeds_between(since, on), *lessons_given_between(since, on), *more]
    by_person: dict[int, list[Fact]] = {}
    for deed in deeds:
        by_person.setdefault(deed.person, []).append(deed)
    words = people_with_word()
    return {
        one.person_id: eligibility(rule, _record(one, by_person.get(one.person_id, ()), words), on) for one in people
    }


def _record(member: Member, deeds: Iterable[Fact], words: frozenset[int]) -> Record:
    grounds = [deed.ground for deed in deeds if deed.on >= member.since_on]
    held = sum(ground is Ground.HELD_FIX for ground in grounds)
    return Record(member.since_on, held, sum(ground in TEACHING for ground in grounds), member.person_id in words)
