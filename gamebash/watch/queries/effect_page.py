"""The page of what an event changed: its effect, and what organisers want to know of its fixes."""

from dataclasses import dataclass
from datetime import datetime

from gamebash.core.errors import DomainError
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from gamebash.people.models import Person
from gamebash.play.queries.changes import EarlyChange, early_changes
from gamebash.policy import Permission, is_allowed
from gamebash.watch.queries.effects import EventEffect, effect_of_watches, watches_of
from gamebash.watch.queries.proposals import WatchedVerdict, decisions_about, verdicts_on_watched


class NotOutYetError(DomainError):
    """The effect of an event is not told before its results are; the message says when."""


@dataclass(frozen=True, slots=True)
class EffectPage:
    """What an event changed, the decisions about its watched problems, and, for organisers, changes older than it."""

    found: EventEffect
    verdicts: tuple[WatchedVerdict, ...]
    early: tuple[EarlyChange, ...]
    now: datetime


def effect_page(event: Event, person: Person, *, now: datetime) -> EffectPage:
    """Return what an event changed.

    Raises:
        NotOutYetError: before its results are out.
    """
    if event.state is not EventState.CLOSED or event.public_until(now) is not None:
        raise NotOutYetError(f"What {event.name} changed shows when its results are out and its fixes were watched.")
    is_organiser = is_allowed(person.roles, Permission.ORGANISE_EVENTS)
    watches = watches_of(event, now=now)
    return EffectPage(
        found=effect_of_watches(event, watches, now=now),
        verdicts=verdicts_on_watched(event, watches.watches, decisions_about(watches.watches)),
        early=early_changes(event) if is_organiser else (),
        now=now,
    )
