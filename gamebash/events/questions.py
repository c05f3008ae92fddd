"""Questions to the organisers, and their answers: to whoever asked, or to all."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.core.filters import clock
from gamebash.core.rows import one_row
from gamebash.events.announcements import SPEAKING
from gamebash.events.audience import audience_of, tell_everybody
from gamebash.events.drafts import lock_event
from gamebash.events.models import Event, Question
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person

LONGEST = 1000
# So that one impatient person does not fill the queue for everybody.
AT_ONCE = 3
PER_TEN_MINUTES = 5

CANNED = (
    "Yes.",
    "No.",
    "Please read the rules; they say it.",
    "We are looking into it, and will tell everybody.",
    "Take it to your squad's captain first.",
    "That is decided by the reviewer.",
)


class QuestionRefusedError(DomainError):
    """The question cannot be asked or answered now; the message says how it stands."""


def ask_question(event: Event, text: str, *, person: Person, now: datetime) -> Question:
    """Ask the organisers something; whoever plays, waits or watches may.

    Raises:
        InvalidError: for nothing, or more than fits.
        QuestionRefusedError: where the event is not running, the person has no part in it, or asked a lot just now.
    """
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise InvalidError(f"Ask in 1 to {LONGEST} letters.")
    lock_event(event)
    if event.state not in SPEAKING:
        raise QuestionRefusedError(f"{event.name} is {event.state.value}; nobody answers questions about it now.")
    if person.id not in audience_of(event):
        raise QuestionRefusedError(f"You have no part in {event.name}. Join it, or follow it, to ask.")
    _refuse_flood(event, person, now)
    question = Question(event_id=event.id, person_id=person.id, text=text, asked_at=now)
    db.session.add(question)
    db.session.flush()
    audit.record("question:asked", str(question.id), by_id=person.id, now=now, event_id=event.id)
    return question


def answer_question(question: Question, answer: str, *, is_to_all: bool, by: Person, now: datetime) -> Question:
    """Answer a question, once; of two organisers who answer at once one does, and the other hears what was said.

    Raises:
        InvalidError: for nothing, or more than fits.
        QuestionRefusedError: where it is answered already.
    """
    answer = answer.strip()
    if not answer or len(answer) > LONGEST:
        raise InvalidError(f"Answer in 1 to {LONGEST} letters.")
    update = (
        sa.update(Question)
        .where(Question.id == question.id, Question.answered_at.is_(None))
        .values(answer=answer, answered_at=now, answered_by_id=by.id, is_to_all=is_to_all)
        .returning(Question.id)
    )
    answered = db.session.execute(update, execution_options={"synchronize_session": False}).first()
    db.session.refresh(question)
    if answered is None:
        who = question.answered_by.name if question.answered_by else "Somebody"
        raise QuestionRefusedError(f"{who} answered it at {clock(question.answered_at)}: {question.answer}")
    event = db.session.get_one(Event, question.event_id)
    key, url = f"answered:{question.id}", f"/events/{event.slug}/questions"
    tag = "question:answered_to_all" if is_to_all else "question:answered"
    said = {"text": f"{question.text} {answer}"} if is_to_all else {}
    audit.record(tag, str(question.id), by_id=by.id, now=now, event_id=event.id, **said)
    tell(question.person_id, NoticeKind.ANSWER, f"You asked: {question.text} {answer}", key=key, now=now, url=url)
    if is_to_all:
        tell_everybody(event, f"{event.name}, asked: {question.text} {answer}", key=key, now=now)
    return question


def get_question(event: Event, number: int) -> Question:
    """Return a question of an event.

    Raises:
        NotFoundError: where there is none of that number.
    """
    query = sa.select(Question).where(Question.id == number, Question.event_id == event.id)
    return one_row(query, f"{event.name} has no such question.")


def _refuse_flood(event: Event, person: Person, now: datetime) -> None:
    mine = sa.select(sa.func.count()).where(Question.event_id == event.id, Question.person_id == person.id)
    waiting = db.session.scalar(mine.where(Question.answered_at.is_(None))) or 0
    if waiting >= AT_ONCE:
        raise QuestionRefusedError(
            f"{waiting} questions of yours wait for an answer. Wait for one before you ask again."
        )
    lately = db.session.scalar(mine.where(Question.asked_at > now - timedelta(minutes=10))) or 0
    if lately >= PER_TEN_MINUTES:
        raise QuestionRefusedError(f"You asked {lately} questions within ten minutes. Give the organisers a moment.")
