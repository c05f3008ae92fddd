"""What the three sides of a move are told: the person, and the managers of the team that gives and the one that receives."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from gamebash.rotation import chain
from gamebash.rotation.managing import managers_of, sides_of
from gamebash.rotation.membership import is_standing
from gamebash.rotation.models import LogHead, Move, MoveApproval, Team
from gamebash.rotation.refusals import words
from gamebash.rotation.standing import Side

# How many days ahead everybody is told, the nearest last.
AHEAD = {28: "in four weeks", 7: "in a week", 1: "tomorrow"}


def tell_asked(move: Move, *, by: Person | None, now: datetime) -> None:
    """Ask the person moved, and tell each manager whose yes is missing."""
    who = by.name if by else "The installation"
    if move.asks_consent:
        text = f"{who} plans to move you {_from_to(move)} on {words(move.effective_on)}. Agree, or say why not."
        _tell(move, move.person_id, text, "asked", now=now)
    for manager in _missing_managers(move):
        if manager is not by:
            goes = "is to go" if move.effective_on > now.date() else "went"
            text = f"{move.person.name} {goes} {_from_to(move)} on {words(move.effective_on)}. Your yes is asked for."
            _tell(move, manager.id, text, "approval", now=now)


def tell_corrected(move: Move, correction: Move, *, by: Person | None, now: datetime) -> None:
    """Tell all sides that a planned move is another one now, or none; who is asked anew is told so by that."""
    if move.effective_on <= now.date() and correction.effective_on <= now.date():
        return
    if correction.from_team_id is None and correction.to_team_id is None:
        tell_cancelled(move, by=by, now=now)
        return
    if move.from_team_id is not None or move.to_team_id is not None:
        text = (
            f"Changed: {move.person.name} goes {_from_to(correction)} on {words(correction.effective_on)}, "
            f"no longer {_from_to(move)} on {words(move.effective_on)}."
        )
        for person_id in _sides(move) | _sides(correction):
            if by is None or person_id != by.id:
                _tell(correction, person_id, text, "changed", now=now)
    tell_asked(correction, by=by, now=now)


def tell_cancelled(move: Move, *, by: Person | None, now: datetime) -> None:
    """Tell all sides that a planned move is off."""
    text = f"Cancelled: {move.person.name} does not go {_from_to(move)} on {words(move.effective_on)}."
    for person_id in _sides(move):
        if by is None or person_id != by.id:
            _tell(move, person_id, text, "cancelled", now=now)


def tell_agreed(move: Move, *, now: datetime) -> None:
    """Tell the managers of both teams, and who logged the move, that the person agrees."""
    text = f"{move.person.name} agrees to go {_from_to(move)} on {words(move.effective_on)}."
    for person_id in _planners(move):
        _tell(move, person_id, text, "agreed", now=now)


def tell_declined(move: Move, reason: str, *, now: datetime) -> None:
    """Tell the managers of both teams, and who logged the move, that the person declines; why is for those managers alone."""
    text = f"{move.person.name} declines to go {_from_to(move)} on {words(move.effective_on)}"
    # Told under the key of a cancelled move, so that its being taken out is not told once more.
    managers = _sides(move)
    for person_id in _planners(move):
        is_manager = person_id in managers
        _tell(move, person_id, f"{text}: “{reason}”" if is_manager else f"{text}.", "cancelled", now=now)


def tell_word(move: Move, reason: str, *, by: Person, now: datetime) -> None:
    """Tell the person that their move stands by a manager's word, and why."""
    text = f"Your move {_from_to(move)} on {words(move.effective_on)} stands by the word of {by.name}: “{reason}”"
    _tell(move, move.person_id, text, "word", now=now)


def tell_of_moves_ahead(*, now: datetime) -> bool:
    """Tell all sides of each move four weeks, one week and one day ahead, once each; a chore of the worker.

    Looks only on a new day or after the log grew, and then at no more than four weeks of moves. A move logged later
    than four weeks ahead is told of at the next of the three.
    """
    today = now.date()
    if not _is_news(today):
        return False
    head = chain.lock_log()
    if (head.told_on, head.told_seq) == (today, head.seq):
        return False
    is_near = sa.and_(Move.effective_on > today, Move.effective_on <= today + timedelta(days=max(AHEAD)))
    for move in db.session.scalars(sa.select(Move).where(is_near, is_standing()).order_by(Move.id)):
        days = min(one for one in AHEAD if (move.effective_on - today).days <= one)
        for person_id in _sides(move):
            _tell(move, person_id, _ahead(move, person_id, AHEAD[days]), f"ahead:{days}", now=now)
    head.told_on, head.told_seq = today, head.seq
    return True


def _is_news(today: date) -> bool:
    head = db.session.get(LogHead, chain.HEAD)
    return head is not None and (head.told_on, head.told_seq) != (today, head.seq)


def _ahead(move: Move, person_id: int, when: str) -> str:
    who = "You move" if person_id == move.person_id else f"{move.person.name} moves"
    return f"{who} {_from_to(move)} {when}, on {words(move.effective_on)}."


def _planners(move: Move) -> set[int]:
    """Return the ids of the managers of both teams, and of who logged the move."""
    return (_sides(move) | ({move.logged_by_id} if move.logged_by_id else set())) - {move.person_id}


def _tell(move: Move, person_id: int, text: str, what: str, *, now: datetime) -> None:
    tell(
        person_id,
        NoticeKind.MOVE,
        text,
        key=f"move:{move.number}:{what}",
        now=now,
        url=f"/rotation/moves/{move.number}",
    )


def _sides(move: Move) -> set[int]:
    """Return the ids of the person and of the managers of both teams."""
    managers = managers_of(tuple(sides_of(move).values()))
    return {move.person_id, *(person.id for named in managers.values() for person in named)}


def _missing_managers(move: Move) -> tuple[Person, ...]:
    """Return the managers of the teams for which nobody said yes yet, each once."""
    covered = set()
    query = sa.select(MoveApproval.for_giving, MoveApproval.for_receiving).where(MoveApproval.move_id == move.id)
    for for_giving, for_receiving in db.session.execute(query):
        covered |= {side for side, is_in in ((Side.GIVING, for_giving), (Side.RECEIVING, for_receiving)) if is_in}
    missing = {team for side, team in sides_of(move).items() if side not in covered}
    managers = managers_of(tuple(missing))
    return tuple(dict.fromkeys(person for named in managers.values() for person in named))


def _from_to(move: Move) -> str:
    return f"from {_place(move.from_team)} to {_place(move.to_team)}"


def _place(team: Team | None) -> str:
    return team.code if team else "outside all teams"
