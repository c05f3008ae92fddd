"""Logging and correcting how a team works with operations. The log only grows, and never contradicts itself."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.counters import next_number
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotFoundError
from gamebash.operating.history import Conflict, Contradiction, Entry, contradictions
from gamebash.operating.kinds import WORDS, OperatingModel
from gamebash.operating.models import ModelSwitch
from gamebash.people.models import Person
from gamebash.rotation.entries import InactiveTeamError, Logging
from gamebash.rotation.models import Team
from gamebash.rotation.refusals import words

# An entry that is yet to be written stands behind all others.
PREVIEW = 2**62
FURTHEST = timedelta(days=2 * 366)


class ContradictingSwitchError(DomainError):
    """The entry does not fit what the log says; the message names the other one."""


class CorrectedSwitchError(DomainError):
    """The entry was corrected before; the correction itself can be corrected."""


@dataclass(frozen=True, slots=True)
class SwitchDraft:
    """By which model a team works, from which day on."""

    model: OperatingModel
    starts_on: date


def get_switch(number: int) -> ModelSwitch:
    """Return an entry by its number.

    Raises:
        NotFoundError: where there is none.
    """
    switch: ModelSwitch | None = db.session.scalar(sa.select(ModelSwitch).where(ModelSwitch.number == number))
    if switch is None:
        raise NotFoundError(f"There is no entry {number} in the log of operating models.")
    return switch


def entries_of(team_id: int) -> list[Entry]:
    """Return the log of a team as plain values. One query."""
    named = sa.orm.aliased(ModelSwitch)
    query = (
        sa.select(ModelSwitch.number, ModelSwitch.starts_on, ModelSwitch.model, named.number)
        .outerjoin(named, named.id == ModelSwitch.corrects_id)
        .where(ModelSwitch.team_id == team_id)
        .order_by(ModelSwitch.number)
    )
    return [Entry(*row) for row in db.session.execute(query)]


def log_switch(team: Team, draft: SwitchDraft, *, reason: str, by: Person | None, now: datetime) -> ModelSwitch:
    """Log that a team works by a model from a day on; the day may lie ahead, or in the past where the log still fits.

    Raises:
        ContradictingSwitchError: where another entry has that day, or nothing would change on it or on a later one.
        InactiveTeamError: where the team is retired.
        InvalidError: without a reason, or for a day too far ahead.
    """
    why = _reason(reason, "Say why the team works so from then on. It stays in the log.")
    _refuse_far(draft, now=now)
    if not _lock(team):
        raise InactiveTeamError(
            f"{team.name} ({team.code}) is retired, so how it works is history. Choose an active team."
        )
    entries = entries_of(team.id)
    entry = Entry(PREVIEW, draft.starts_on, draft.model)
    _refuse_contradiction(team, entries, [*entries, entry])
    switch = _write(entry, team, why, Logging(by, now))
    audit.record("model:switched", str(switch.number), by_id=_id(by), now=now, team=team.code, model=draft.model.value)
    return switch


def correct_switch(
    switch: ModelSwitch, draft: SwitchDraft | None, *, reason: str, by: Person | None, now: datetime
) -> ModelSwitch:
    """Add an entry that stands in the place of a wrong one, or with no draft takes it out. The wrong one stays in the log.

    Raises:
        ContradictingSwitchError: where the log would contradict itself afterwards.
        CorrectedSwitchError: where somebody corrected the entry before.
        InvalidError: without a reason, for a day too far ahead, or where nothing would change.
    """
    why = _reason(reason, f"Say what was wrong with entry {switch.number}. It stays in the log beside it.")
    if draft:
        _refuse_far(draft, now=now)
    _lock(switch.team)
    correction = correction_of(switch)
    if correction:
        raise CorrectedSwitchError(_corrected(switch, correction))
    if (draft.model, draft.starts_on) == (switch.model, switch.starts_on) if draft else switch.model is None:
        raise InvalidError(f"That is what entry {switch.number} says already. Change the model or the day.")
    entries = entries_of(switch.team_id)
    day, model = (draft.starts_on, draft.model) if draft else (switch.starts_on, None)
    entry = Entry(PREVIEW, day, model, switch.number)
    _refuse_contradiction(switch.team, entries, [*entries, entry])
    written = _write(entry, switch.team, why, Logging(by, now), switch)
    audit.record("model:corrected", str(switch.number), by_id=_id(by), now=now, correction=written.number)
    return written


def correction_of(switch: ModelSwitch) -> ModelSwitch | None:
    """Return the entry that names another one, where there is one."""
    return db.session.scalar(sa.select(ModelSwitch).where(ModelSwitch.corrects_id == switch.id))


def _lock(team: Team) -> bool:
    """Hold the team's row, so that of two entries at once the second sees the first; says whether the team is active."""
    query = sa.select(Team.is_active).where(Team.id == team.id).with_for_update(key_share=True)
    return bool(db.session.scalars(query).one())


def _write(entry: Entry, team: Team, reason: str, logging: Logging, corrects: ModelSwitch | None = None) -> ModelSwitch:
    switch = ModelSwitch(
        number=next_number("model_switches"), team=team, model=entry.model, starts_on=entry.starts_on, reason=reason,
        logged_by=logging.by, logged_at=logging.now, corrects=corrects,
    )  # fmt: skip
    db.session.add(switch)
    db.session.flush()
    return switch


def _reason(reason: str, message: str) -> str:
    if not reason.strip():
        raise InvalidError(message)
    return reason.strip()


def _refuse_far(draft: SwitchDraft, *, now: datetime) -> None:
    latest = now.date() + FURTHEST
    if draft.starts_on > latest:
        raise InvalidError(
            f"{words(draft.starts_on)} is more than two years ahead. Choose a day up to {words(latest)}."
        )


def _refuse_contradiction(team: Team, before: list[Entry], after: list[Entry]) -> None:
    known = set(contradictions(before))
    new = [found for found in contradictions(after) if found not in known]
    if new:
        raise ContradictingSwitchError(_contradiction(team, new[0]))


def _contradiction(team: Team, found: Contradiction) -> str:
    earlier, later = found.earlier, found.later
    model = WORDS[later.model] if later.model else ""
    if found.conflict is Conflict.SAME_DAY:
        other = earlier if later.number == PREVIEW else later
        said = WORDS[other.model] if other.model else ""
        return (
            f"{team.code} already has an entry from {words(other.starts_on)} on: {said} (entry {other.number}). "
            f"Correct that one, or choose another day."
        )
    if later.number == PREVIEW:
        return (
            f"{team.code} works by {model} already, since {words(earlier.starts_on)} (entry {earlier.number}). "
            f"Choose another model, or correct entry {earlier.number}."
        )
    return (
        f"Entry {later.number} switches {team.code} to {model} on {words(later.starts_on)}. That would change nothing any "
        f"more. Take entry {later.number} out first."
    )


def _corrected(switch: ModelSwitch, correction: ModelSwitch) -> str:
    who = correction.logged_by.name if correction.logged_by else "The installation"
    return (
        f"{who} corrected entry {switch.number} on {words(correction.logged_at)} with entry {correction.number}. "
        f"That one counts now: correct it instead."
    )


def _id(person: Person | None) -> int | None:
    return person.id if person else None
