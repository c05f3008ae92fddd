"""The teach log: an L3 writes what they taught whom; it counts once the learner, and nobody else, confirmed it."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db, is_violation_of
from gamebash.core.errors import DomainError, InvalidError, NotAllowedError, NotFoundError
from gamebash.people.models import Person
from gamebash.rotation.membership import team_on
from gamebash.rotation.refusals import words
from gamebash.staffing.hypercare import telling
from gamebash.staffing.hypercare.models import Hypercare, TeachConfirmation, TeachEntry
from gamebash.staffing.hypercare.running import is_l3, lock_hypercare

LONGEST_WHAT = 300
_ONE_OF_AN_ENTRY = next(
    constraint
    for constraint in db.metadata.tables["teach_confirmations"].constraints
    if isinstance(constraint, sa.UniqueConstraint)
)


class AlreadyConfirmedError(DomainError):
    """The learner confirmed it before."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was taught, to whom, on which day."""

    learner: Person
    what: str
    taught_on: date


def log_lesson(hypercare: Hypercare, lesson: Lesson, *, by: Person, now: datetime) -> TeachEntry:
    """Write down that one taught somebody in ops or SRE, who is asked to confirm it.

    Raises:
        EndedHypercareError: where the hypercare is over.
        InvalidError: where words are missing, the day lies outside, or the learner is oneself or not in ops or SRE.
        NotAllowedError: where one is not L3 here.
    """
    hypercare = lock_hypercare(hypercare)
    if not is_l3(hypercare, by):
        raise NotAllowedError(f"Only who is L3 for {hypercare.service.name} writes what they taught.")
    if not 0 < len(lesson.what.strip()) <= LONGEST_WHAT:
        raise InvalidError(f"Say in up to {LONGEST_WHAT} letters what was taught.")
    if not hypercare.begins_on <= lesson.taught_on <= now.date():
        raise InvalidError(f"Choose a day from {words(hypercare.begins_on)} to today.")
    team = team_on(lesson.learner.id, now.date())
    if lesson.learner.id == by.id or team is None or not team.is_ops:
        raise InvalidError("Choose somebody in ops or SRE: they are who keeps it up from now on.")
    entry = TeachEntry(
        hypercare_id=hypercare.id, teacher_id=by.id, learner_id=lesson.learner.id, what=lesson.what.strip(),
        taught_on=lesson.taught_on, logged_at=now,
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    audit.record("lesson:logged", str(hypercare.number), by_id=by.id, now=now, learner_id=lesson.learner.id)
    telling.tell_taught(entry, now=now)
    return entry


def confirm_lesson(hypercare: Hypercare, entry_id: int, *, by: Person, now: datetime) -> TeachConfirmation:
    """Confirm, as the learner, that one was taught that. Possible after the end too: it was taught all the same.

    Raises:
        AlreadyConfirmedError: where it is confirmed.
        NotAllowedError: where somebody else than the learner confirms; names them.
        NotFoundError: where there is no such entry.
    """
    query = sa.select(TeachEntry).where(TeachEntry.id == entry_id, TeachEntry.hypercare_id == hypercare.id)
    entry = db.session.scalar(query)
    if entry is None:
        raise NotFoundError("There is no such lesson. Look at the log again.")
    if entry.learner_id != by.id:
        raise NotAllowedError(f"Only {entry.learner.name} confirms what they learned.")
    confirmation = TeachConfirmation(entry_id=entry.id, person_id=by.id, confirmed_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(confirmation)
    except sa.exc.IntegrityError as error:
        if not is_violation_of(error, _ONE_OF_AN_ENTRY):
            raise
        raise AlreadyConfirmedError("You confirmed this lesson already. Thank you.") from error
    audit.record("lesson:confirmed", str(hypercare.number), by_id=by.id, now=now, entry=entry.id)
    telling.tell_confirmed(entry, now=now)
    return confirmation
