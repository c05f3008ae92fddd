"""Why somebody is away, and the words by which files say it."""

from enum import StrEnum


class AbsenceKind(StrEnum):
    """Why somebody is away."""

    HOLIDAY = "holiday"
    SICK = "sick"
    PARENTAL = "parental"
    TRAINING = "training"
    OTHER = "other"


KIND_WORDS = {
    AbsenceKind.HOLIDAY: "Holiday", AbsenceKind.SICK: "Sick", AbsenceKind.PARENTAL: "Parental leave",
    AbsenceKind.TRAINING: "Training", AbsenceKind.OTHER: "Away",
}  # fmt: skip
_SIGNS = {
    AbsenceKind.HOLIDAY: ("holiday", "vacation", "annual", "urlaub", "ferien", "congé", "pto"),
    AbsenceKind.SICK: ("sick", "ill", "krank", "maladie"),
    AbsenceKind.PARENTAL: ("parental", "maternity", "paternity", "elternzeit"),
    AbsenceKind.TRAINING: ("training", "course", "conference", "schulung"),
}


def kind_of(text: str) -> AbsenceKind:
    """Return the kind that a word or a title names; anything else is just away."""
    words = text.casefold().replace("-", " ").replace("_", " ").split()
    return next(
        (kind for kind, signs in _SIGNS.items() if any(word.startswith(sign) for word in words for sign in signs)),
        AbsenceKind.OTHER,
    )
