"""Which problem an incident joins on arrival, and why: by the key that was chosen for its source (``keys``).

A source that has had too few incidents to choose by has the usual key: the service, with the source's own cause or symptom
where it gives one, else the symptom class where the keyword list finds one, else the title with its changing parts masked.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gamebash.backlog.facets import facets_of
from gamebash.backlog.keys import FINGERPRINT_LENGTH, GroupingKey
from gamebash.backlog.records import IncidentRecord
from gamebash.backlog.symptoms import OTHER, normalised, symptom_of

SYMPTOM_LENGTH = 200
# What is looked at of a description: the beginning says what happened.
DESCRIPTION_READ = 300
FIELD_NAMES = {"title": "title but for numbers and names", "kind": "symptom class"}


@dataclass(frozen=True, slots=True)
class Grouping:
    """The problem that an incident joins: its fingerprint, its symptom in words, why, and whether its key is incomplete."""

    fingerprint: str
    symptom: str
    why: str
    is_broad: bool = False


def facets_of_record(record: IncidentRecord, wanted: Collection[str] | None = None) -> dict[str, str]:
    """Return the values of a record that may identify its problem, or only the wanted ones of them."""
    return facets_of(
        service=record.service,
        symptom=record.symptom,
        title=record.title,
        description=record.description[:DESCRIPTION_READ],
        extra=record.extra,
        wanted=wanted,
    )


def grouping_of(record: IncidentRecord, key: GroupingKey | None) -> Grouping:
    """Return the problem that an incident joins by its source's key, or by the usual one."""
    return _usual(record) if key is None else _keyed(facets_of_record(record, key.fields), key)


def groupings_of(records: Sequence[IncidentRecord], key: GroupingKey | None) -> list[Grouping]:
    """Return the problem that each incident joins; what has the same values is looked at once."""
    if key is None:
        return [_usual(record) for record in records]
    known: dict[tuple[str, ...], Grouping] = {}
    found: list[Grouping] = []
    for record in records:
        facets = facets_of_record(record, key.fields)
        values = tuple(facets.get(name, "") for name in key.fields)
        if values not in known:
            known[values] = _keyed(facets, key)
        found.append(known[values])
    return found


def _keyed(facets: Mapping[str, str], key: GroupingKey) -> Grouping:
    group = key.group_of(facets)
    given = [name for name, value in zip(key.fields, group.values, strict=True) if value]
    lacking = [name for name, value in zip(key.fields, group.values, strict=True) if not value]
    symptom = " · ".join(facets[name] for name in given if name != "service") or "no symptom given"
    why = f"same {_listed(given)}" if given else "nothing that tells them apart"
    if lacking:
        why += f"; {_listed(lacking)} not given"
    return Grouping(group.fingerprint, symptom[:SYMPTOM_LENGTH], why[:SYMPTOM_LENGTH], not group.is_whole)


def _listed(fields: list[str]) -> str:
    names = [FIELD_NAMES.get(name, name.replace("_", " ")) for name in fields]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _usual(record: IncidentRecord) -> Grouping:
    if record.symptom:
        why = "same service and symptom as the source names it"
        return _grouping(record.service, record.symptom.casefold(), record.symptom, why)
    found = symptom_of(record.title, record.description)
    if found != OTHER:
        return _grouping(record.service, found, found, "same service and symptom class")
    masked = normalised(record.title)
    return _grouping(record.service, masked, masked, "same service, titles alike but for numbers and names")


def _grouping(service: str, key: str, symptom: str, why: str) -> Grouping:
    digest = hashlib.sha256(f"{service.casefold()}\n{key}".encode()).hexdigest()
    return Grouping(digest[:FINGERPRINT_LENGTH], symptom[:SYMPTOM_LENGTH], why)
