"""Severity, sev1 worst to sev5, how it weighs, and the words that sources use for it."""

import re
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is: sev1 worst."""

    SEV1 = "sev1"
    SEV2 = "sev2"
    SEV3 = "sev3"
    SEV4 = "sev4"
    SEV5 = "sev5"


WEIGHTS = {Severity.SEV1: 16, Severity.SEV2: 8, Severity.SEV3: 4, Severity.SEV4: 2, Severity.SEV5: 1}

USUAL = Severity.SEV4

_WORDS = {
    Severity.SEV1: "critical blocker emergency fatal highest disaster urgent p0 s0 major_outage",
    Severity.SEV2: "major high error severe important partial_outage",
    Severity.SEV3: "moderate medium average warning normal degraded_performance",
    Severity.SEV4: "minor low",
    Severity.SEV5: "none trivial info informational lowest planning cosmetic maintenance debug",
}
_BY_WORD = {word: severity for severity, words in _WORDS.items() for word in words.split()}
_NUMBERED = re.compile(r"(?:sev(?:erity)?|p(?:rio(?:rity)?)?|s)?[\s_-]?([1-5])(?:\s*[-:].*)?")


def severity_of(text: str) -> Severity | None:
    """Return the severity that a source's word means; None for a word nobody knows.

    A number decides before the word beside it (``3 - Moderate`` is sev3).
    """
    word = text.strip().casefold().replace(" ", "_")
    if word in _BY_WORD:
        return _BY_WORD[word]
    found = _NUMBERED.fullmatch(text.strip().casefold())
    return Severity(f"sev{found[1]}") if found else None


# Where a source names no severity but says how long it hurt: from so many minutes on.
MINUTES = ((30.0, Severity.SEV1), (10.0, Severity.SEV2), (5.0, Severity.SEV3))


def severity_of_minutes(minutes: float | None) -> Severity:
    """Return the severity that minutes of impact stand for; none at all is the least, and what nobody said the usual."""
    if minutes is None:
        return USUAL
    if minutes <= 0:
        return Severity.SEV5
    return next((severity for least, severity in MINUTES if minutes >= least), Severity.SEV4)


def severity_of_weight(weight: float | None) -> Severity:
    """Return the severity whose weight is nearest below a given one."""
    if weight is None:
        return USUAL
    return next((severity for severity, least in WEIGHTS.items() if weight >= least), Severity.SEV5)
