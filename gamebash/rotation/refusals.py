"""The sentences of refused moves: where the person is, since when, by which entry, and what to do now."""

from datetime import date, datetime

from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.rotation.models import Move, MoveConsent, Team
from gamebash.rotation.tours import Conflict, Contradiction, Entry


def contradiction(person: Person, found: Contradiction, *, is_asked: bool) -> str:
    """Return why a log would contradict itself; ``is_asked`` for the move just asked for, else a later one suffers."""
    if found.conflict is Conflict.NOT_A_MOVE:
        return f"That starts and ends in the same place, {place(found.entry.to_team)}. Choose another team to go to."
    if not is_asked:
        return _later(person, found)
    if found.conflict is Conflict.SAME_DAY and found.since:
        return (
            f"{person.name} already moves on {words(found.entry.on)}: {_teams(found.since)} "
            f"(move {found.since.number}). Correct that move, or choose another day."
        )
    return _elsewhere(person, found)


def already_corrected(move: Move, correction: Move) -> str:
    """Return that a move was corrected before, by whom and when."""
    who = correction.logged_by.name if correction.logged_by else "The installation"
    return (
        f"{who} corrected move {move.number} on {words(correction.logged_at)} with move {correction.number}. "
        f"That one counts now: correct or approve it instead."
    )


def already_approved(move: Move, at: datetime) -> str:
    """Return that the same manager approved the move before."""
    return f"You approved move {move.number} on {words(at)}. Nothing more to do."


def not_their_manager(move: Move, names: tuple[str, ...]) -> str:
    """Return whose yes a move needs instead."""
    return f"Move {move.number} needs the yes of {' or '.join(names)}, who manage its teams."


def begun(move: Move) -> str:
    """Return that a move is no longer ahead."""
    return (
        f"Move {move.number} began on {words(move.effective_on)}, so it is history. "
        "Correct it if it was written down wrong, or log the move back."
    )


def too_late_for_a_word(move: Move) -> str:
    """Return that a declined move's day has passed."""
    return f"Move {move.number} was for {words(move.effective_on)}, which has come. Log a new move for another day."


def word_stands(move: Move, word: MoveConsent) -> str:
    """Return that a manager's word lets a move stand."""
    return (
        f"Move {move.number} stands by a manager's word of {words(word.answered_at)}. Talk to them: they can cancel it."
    )


def agreed_before(move: Move, consent: MoveConsent) -> str:
    """Return that the person agreed before."""
    return f"You agreed to move {move.number} on {words(consent.answered_at)}. Nothing more to do."


def retired(team: Team) -> str:
    """Return that nobody moves to a retired team."""
    return f"{team.name} ({team.code}) is retired, so nobody moves there. Choose a team that is active."


def place(team_id: int | None) -> str:
    """Return a team's code, or where one is without a team."""
    team = db.session.get(Team, team_id) if team_id else None
    return team.code if team else "outside all teams"


def words(day: date | datetime) -> str:
    """Return ``7 December 2026``."""
    return f"{day.day} {day:%B} {day.year}"


def _teams(entry: Entry) -> str:
    return f"{place(entry.from_team)} to {place(entry.to_team)}"


def _later(person: Person, found: Contradiction) -> str:
    entry = found.entry
    return (
        f"Move {entry.number} takes {person.name} from {place(entry.from_team)} to {place(entry.to_team)} on "
        f"{words(entry.on)}. It would no longer fit: {person.name} would be {_is_in(found.team)} by then. "
        f"Take move {entry.number} out first, and log it again afterwards."
    )


def _elsewhere(person: Person, found: Contradiction) -> str:
    wanted = f"not {_is_in(found.entry.from_team)}"
    if found.since is None:
        return (
            f"{person.name} is in no team yet on {words(found.entry.on)}, so {wanted}. "
            "Log the day of joining first, from outside all teams."
        )
    since = f"since {words(found.since.on)} (move {found.since.number})"
    return (
        f"{person.name} is {_is_in(found.team)} {since}, {wanted}. "
        f"Log the move from there, or correct move {found.since.number}."
    )


def _is_in(team_id: int | None) -> str:
    return f"in {place(team_id)}" if team_id else "outside all teams"
