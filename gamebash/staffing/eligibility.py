"""Who may leave ops for a scrum team, as a rule in words and numbers: tour, held fixes, teaching, a manager's word.

Never points or rank: nothing here or in what feeds it knows of them. After the longest tour nothing else is asked, so
that nobody waits for ever.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from gamebash.staffing.rulebook import EligibilityRule


@dataclass(frozen=True, slots=True)
class Record:
    """What a person did in their present tour: since when it lasts, held fixes, teaching (reviews and lessons), word."""

    since_on: date
    held_fixes: int = 0
    taught: int = 0
    has_word: bool = False


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that the rule asks for, and whether it is there."""

    words: str
    have: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What is met and what is missing; ``from_on`` is the day on which the person is eligible if nothing else changes."""

    criteria: tuple[Criterion, ...]
    is_eligible: bool
    from_on: date
    longest_on: date

    @property
    def missing(self) -> tuple[Criterion, ...]:
        """What is not there yet."""
        return tuple(one for one in self.criteria if not one.is_met)


def eligibility(rule: EligibilityRule, record: Record, on: date) -> Eligibility:
    """Judge a record by the rule on a day."""
    weeks = max(0, (on - record.since_on).days // 7)
    shortest_on = record.since_on + timedelta(weeks=rule.shortest_weeks)
    longest_on = record.since_on + timedelta(weeks=rule.longest_weeks)
    criteria = [Criterion(f"{rule.shortest_weeks} weeks in ops", _counted(weeks, "week"), on >= shortest_on)]
    if rule.held_fixes:
        fixes = record.held_fixes
        words = f"{_counted(rule.held_fixes, 'fix', 'fixes')} that held"
        criteria.append(Criterion(words, str(fixes), fixes >= rule.held_fixes))
    if rule.taught:
        words = f"{_counted(rule.taught, 'review or lesson', 'reviews or lessons')} for others"
        criteria.append(Criterion(words, str(record.taught), record.taught >= rule.taught))
    if rule.needs_word:
        criteria.append(Criterion("a manager's word", "given" if record.has_word else "not yet", record.has_word))
    has_rest = all(one.is_met for one in criteria[1:])
    from_on = min(shortest_on, longest_on) if has_rest else longest_on
    return Eligibility(tuple(criteria), on >= from_on, from_on, longest_on)


def rule_in_words(rule: EligibilityRule) -> str:
    """Return the rule as a sentence."""
    parts = [f"{rule.shortest_weeks} weeks in ops"]
    if rule.held_fixes:
        parts.append(f"{_counted(rule.held_fixes, 'fix', 'fixes')} that held")
    if rule.taught:
        parts.append(f"{_counted(rule.taught, 'review or lesson', 'reviews or lessons')} for others")
    if rule.needs_word:
        parts.append("a manager's word")
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{listed[0].upper()}{listed[1:]}. After {rule.longest_weeks} weeks nothing else is asked. Points and rank never count."


def _counted(value: int, one: str, many: str | None = None) -> str:
    return f"{value} {one if value == 1 else many or one + 's'}"
