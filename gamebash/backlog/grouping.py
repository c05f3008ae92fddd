"""Which problem an incident belongs to, and why: the same service with the same symptom.

The symptom is the source's own cause or symptom where it gives one, else the symptom class where the keyword list finds
one, else the title with its changing parts masked.
"""

import hashlib
from dataclasses import dataclass

from gamebash.backlog.symptoms import OTHER, normalised, symptom_of

FINGERPRINT_LENGTH = 40
SYMPTOM_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Grouping:
    """The problem that an incident joins: its fingerprint, its symptom in words, and why they are together."""

    fingerprint: str
    symptom: str
    why: str


def grouping_of(service: str, title: str, *, symptom: str = "", description: str = "") -> Grouping:
    """Return the problem that an incident of that service joins."""
    if symptom:
        return _grouping(service, symptom.casefold(), symptom, "same service and symptom as the source names it")
    found = symptom_of(title, description)
    if found != OTHER:
        return _grouping(service, found, found, "same service and symptom class")
    masked = normalised(title)
    return _grouping(service, masked, masked, "same service, titles alike but for numbers and names")


def _grouping(service: str, key: str, symptom: str, why: str) -> Grouping:
    digest = hashlib.sha256(f"{service.casefold()}\n{key}".encode()).hexdigest()
    return Grouping(digest[:FINGERPRINT_LENGTH], symptom[:SYMPTOM_LENGTH], why)
