"""Why something about an event was refused. Every message says who, when, and what now."""

from gamebash.core.errors import DomainError, InvalidError
from gamebash.core.lifecycles import WrongStateError


class InvalidDayError(InvalidError):
    """The times of the day do not follow one another, or its name or link cannot be used."""


class InvalidRulesError(InvalidError):
    """A rule is outside its bounds."""


class FrozenRulesError(DomainError):
    """The event went live, and its rules froze with it."""


class StaleEditError(DomainError):
    """Somebody else changed the same thing since the page was opened."""


class OpenDraftError(DomainError):
    """The series has a next event already, which is not over."""


class TransitionLostError(WrongStateError):
    """Somebody else pressed first, or the event is past that step."""


class NotReadyError(DomainError):
    """Something without which an event cannot be played is missing."""


class PickedElsewhereError(DomainError):
    """The story is on a board already."""


class NotOnBoardError(DomainError):
    """The story is not on this event's board."""


class ReasonMissingError(InvalidError):
    """What a person decides against the pull needs a reason that others can read."""


class NotOptedInError(DomainError):
    """Taking part in the game is by opting in."""


class JoiningOverError(DomainError):
    """The event is over or cancelled, so nobody joins any more."""


class NotAPlayerError(DomainError):
    """The person does not take part in the event."""


class SquadError(DomainError):
    """The squad cannot be founded, joined or left now."""


class BusyPlayerError(DomainError):
    """The player still holds work of this event."""


class EventFullError(DomainError):
    """Every place of the event is taken."""


class PlayerRemovedError(DomainError):
    """An organiser took the person off the event."""
