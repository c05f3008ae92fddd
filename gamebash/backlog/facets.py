"""What an incident says about its cause: the values that may tell one problem from another.

Left out is what says who handled it, when, how bad it was, or how it ended: those are no causes, or are not known yet when
an incident comes in.
"""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

from gamebash.backlog.symptoms import OTHER, normalised, symptom_of

MOST_FACETS = 12
LONGEST = 80

# Words in a column's name that say: handling, time, measure, or outcome.
_OTHERWISE_WORDS = """
active agent analyst approval assigned assignee assignment by caller close closed closure comment comments
completed confidence confirmation context count created creator customer date day delay downtime due duration
email end engineer entry escalated gap group hour id impact key knowledge last link made minutes mod month
notes notify number opened order owner person phone priority reassignment reopen reopened reported reporter
requester resolution resolved rfc score seq sequence sla solved source start state status time timestamp
updated updates urgency url user vendor weekday window year
"""
_OTHERWISE = frozenset(_OTHERWISE_WORDS.split())
_WORD = re.compile(r"[a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NUMBER = re.compile(r"[-+]?\d[\d.,:/ TZ+-]*")
_DAYS = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|true|false|yes|no|[yn]", re.IGNORECASE
)


def facets_of(  # noqa: PLR0913 the fields of an incident
    *,
    service: str,
    symptom: str,
    title: str,
    description: str = "",
    extra: Mapping[str, str] | None = None,
    wanted: Collection[str] | None = None,
) -> dict[str, str]:
    """Return the values by field: service, symptom, the title with its changing parts masked, its keyword class, and others.

    Where only some are wanted, the others may be left out.
    """
    own = "" if _is_made_up(title, service) else title
    kind = symptom_of(own, description) if wanted is None or "kind" in wanted else OTHER
    masked = normalised(own) if wanted is None or "title" in wanted else ""
    found = {"service": service, "symptom": symptom, "title": masked, "kind": "" if kind == OTHER else kind}
    if wanted is not None and found.keys() >= set(wanted):
        return {name: value for name, value in found.items() if value}
    for name, value in (extra or {}).items():
        if len(found) < MOST_FACETS and says_what(name) and is_word(value):
            found[name] = value
    return {name: value for name, value in found.items() if value}


def _is_made_up(title: str, service: str) -> bool:
    """Say whether the importer made a title of the service, for want of one: it says nothing more."""
    return title.startswith(f"{service}: ")


@lru_cache(maxsize=4_096)
def says_what(name: str) -> bool:
    """Say whether a column's name speaks of what happened, not of who, when or how it ended."""
    return not _OTHERWISE & set(_WORD.findall(_CAMEL.sub(" ", name).casefold()))


def is_word(value: str) -> bool:
    """Say whether a value may name a thing: no number, time, day of the week or yes and no, and not a whole text."""
    return len(value) <= LONGEST and not _NUMBER.fullmatch(value) and not _DAYS.fullmatch(value)
