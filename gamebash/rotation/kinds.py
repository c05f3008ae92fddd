"""Team kinds, and what kind a move is: follows from where it leads, or is checked against it."""

from enum import StrEnum


class TeamKind(StrEnum):
    """Ops keeps production up, SRE makes it last, scrum builds."""

    OPS = "ops"
    SRE = "sre"
    SCRUM = "scrum"


KIND_WORDS = {TeamKind.OPS: "Ops", TeamKind.SRE: "SRE", TeamKind.SCRUM: "Scrum"}


class MoveKind(StrEnum):
    """Why somebody changes place."""

    JOIN = "join"
    ROTATE_IN = "rotate_in"
    ROTATE_OUT = "rotate_out"
    RETURN = "return"
    HYPERCARE = "hypercare"
    LEAVE = "leave"
    CORRECTION = "correction"


class ConsentKind(StrEnum):
    """What was said to being moved: by the person themselves, or a manager's word after they declined."""

    AGREED = "agreed"
    DECLINED = "declined"
    WORD = "word"


# The names of the team colours, as the style sheet has them.
COLOURS = ("ops", "1", "2", "3", "4", "5")

WORDS = {
    MoveKind.JOIN: "joins",
    MoveKind.ROTATE_IN: "rotates in",
    MoveKind.ROTATE_OUT: "rotates out",
    MoveKind.RETURN: "returns",
    MoveKind.HYPERCARE: "hypercare",
    MoveKind.LEAVE: "leaves",
    MoveKind.CORRECTION: "correction",
}


def keeps_production_up(kind: TeamKind) -> bool:
    """Say whether a team of this kind stands on the upper side of the court: ops and SRE."""
    return kind is not TeamKind.SCRUM


def inferred_kind(from_kind: TeamKind | None, to_kind: TeamKind | None, *, was_there_before: bool) -> MoveKind:
    """Return what a move is: joins from nowhere, leaves to nowhere, returns to the team of the tour before the present
    one, else rotates in (to ops or SRE) or out (to a scrum team).
    """  # noqa: D205
    if to_kind is None:
        return MoveKind.LEAVE
    if from_kind is None:
        return MoveKind.JOIN
    if was_there_before:
        return MoveKind.RETURN
    return MoveKind.ROTATE_IN if keeps_production_up(to_kind) else MoveKind.ROTATE_OUT


def why_not(kind: MoveKind, from_kind: TeamKind | None, to_kind: TeamKind | None) -> str:
    """Return why a move cannot be of the kind that somebody chose, or nothing where it can."""
    if (kind is MoveKind.JOIN) != (from_kind is None):
        return "A move is a join when it comes from outside all teams, and only then."
    if (kind is MoveKind.LEAVE) != (to_kind is None):
        return "A move is a leave when it goes out of all teams, and only then."
    if kind in {MoveKind.ROTATE_IN, MoveKind.HYPERCARE} and to_kind and not keeps_production_up(to_kind):
        return f"{WORDS[kind].capitalize()} leads to an ops or SRE team."
    if kind is MoveKind.ROTATE_OUT and to_kind is not TeamKind.SCRUM:
        return "Rotates out leads to a scrum team."
    return "" if kind is not MoveKind.CORRECTION else "A correction names the move it corrects."
