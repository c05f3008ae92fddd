"""The survey after an event: two minutes, anonymous, open for a week once the results are out.

Who answered is kept apart from what was answered, without a time on either, and no answer is recorded as anybody's change: nobody
can put the two together, not even with the database in hand. Results show when the survey is over and five or more answered.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.core.db import db, is_violation_of
from gamebash.core.errors import DomainError, InvalidError
from gamebash.core.filters import when
from gamebash.events.lifecycle import is_revealed
from gamebash.events.models import Event, Player, SurveyAnswer, SurveyTurn
from gamebash.people.models import Person

OPEN_FOR = timedelta(days=7)
LEAST_ANSWERS = 5
WORTH = range(1, 6)
LONGEST = 500
RANDOM_BITS = 53


class SurveyRefusedError(DomainError):
    """The survey takes no answer from this person now; the message says why."""


@dataclass(frozen=True, slots=True)
class SurveyDraft:
    """What somebody answers: was it worth the day (1 to 5), what became automatic, what to change."""

    worth: int
    automatic: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class SurveyResults:
    """What was answered; nothing but the count of those asked while it is open or fewer than five answered."""

    asked: int
    closes_at: datetime
    is_open: bool
    answers: int = 0
    mean: float = 0.0
    worth: tuple[int, ...] = ()
    automatic: tuple[str, ...] = ()
    change: tuple[str, ...] = ()

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to show."""
        return self.answers > 0


def answer_survey(event: Event, draft: SurveyDraft, *, by: Person, now: datetime) -> None:
    """Take an answer, once from everybody who played; it cannot be changed, since nobody knows whose it is.

    Raises:
        SurveyRefusedError: where the survey is not open, the person did not play, or answered already.
        InvalidError: where the scale or a text cannot be used.
    """
    texts = [" ".join(text.split()) for text in (draft.automatic, draft.change)]
    if draft.worth not in WORTH or any(len(text) > LONGEST for text in texts):
        raise InvalidError(f"Choose from 1 to 5, and say the rest in at most {LONGEST} letters each.")
    _refuse_unless_open(event, by, now)
    try:
        with db.session.begin_nested():
            db.session.add(SurveyTurn(event_id=event.id, person_id=by.id))
    except sa.exc.IntegrityError as error:
        if not is_violation_of(error, sa.UniqueConstraint(*SurveyTurn.__table__.primary_key, name="pk_survey_turns")):
            raise
        raise SurveyRefusedError(
            "You answered already. It cannot be changed, since nobody knows which answer is yours."
        ) from None
    db.session.add(
        SurveyAnswer(
            id=secrets.randbits(RANDOM_BITS), event_id=event.id, worth=draft.worth, automatic=texts[0], change=texts[1]
        )
    )


def closes_at(event: Event) -> datetime:
    """Return when the survey is over."""
    return (event.reveals_at or event.closed_at or event.ends_at) + OPEN_FOR


def is_open(event: Event, now: datetime) -> bool:
    """Say whether answers are taken."""
    return is_revealed(event.state, event.reveals_at, now) and now < closes_at(event)


def has_answered(event: Event, person: Person) -> bool:
    """Say whether a person answered."""
    return db.session.get(SurveyTurn, (event.id, person.id)) is not None


def survey_results(event: Event, *, now: datetime) -> SurveyResults:
    """Return what may be shown of the survey, in one query."""
    asked = sa.select(sa.func.count()).where(Player.event_id == event.id, Player.left_at.is_(None)).scalar_subquery()
    # In the order of the random ids, which says nothing of who came first.
    query = (
        sa.select(asked, SurveyAnswer)
        .select_from(Event)
        .outerjoin(SurveyAnswer, SurveyAnswer.event_id == Event.id)
        .where(Event.id == event.id)
        .order_by(SurveyAnswer.id)
    )
    rows = db.session.execute(query).all()
    results = SurveyResults(rows[0][0] or 0, closes_at(event), is_open(event, now))
    if results.is_open or not is_revealed(event.state, event.reveals_at, now):
        return results
    answers = [answer for _, answer in rows if answer is not None]
    if len(answers) < LEAST_ANSWERS:
        return results
    return SurveyResults(
        asked=results.asked,
        closes_at=results.closes_at,
        is_open=False,
        answers=len(answers),
        mean=sum(one.worth for one in answers) / len(answers),
        worth=tuple(sum(one.worth == value for one in answers) for value in WORTH),
        automatic=tuple(one.automatic for one in answers if one.automatic),
        change=tuple(one.change for one in answers if one.change),
    )


def _refuse_unless_open(event: Event, person: Person, now: datetime) -> None:
    if not is_revealed(event.state, event.reveals_at, now):
        raise SurveyRefusedError(f"The survey of {event.name} opens when its results are out.")
    if not is_open(event, now):
        raise SurveyRefusedError(f"The survey of {event.name} ended {when(closes_at(event), now)}.")
    played = sa.exists().where(Player.event_id == event.id, Player.person_id == person.id, Player.left_at.is_(None))
    if not db.session.scalar(sa.select(played)):
        raise SurveyRefusedError(f"The survey is for those who played {event.name}.")
