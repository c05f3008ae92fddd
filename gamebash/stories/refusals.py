"""Why something about a story was refused. Every message says how it stands, and what now."""

from gamebash.core.errors import DomainError, InvalidError, NotFoundError


class NoSuchStoryError(NotFoundError):
    """There is no story of that key."""


class NoSuchEvidenceError(NotFoundError):
    """What a story was to come from does not exist."""


class AlreadyOnItError(DomainError):
    """Another open story is about the same problem or incident; the message names it."""

    def __init__(self, key: str, message: str) -> None:
        """Remember the other story's key, so that a page can lead there."""
        super().__init__(message)
        self.key = key


class NotYetReadyError(DomainError):
    """Something is missing that a story needs before it can be pulled; the message lists it."""


class ContentFixedError(DomainError):
    """The story is in play or over, so its text stands."""


class StaleStoryError(DomainError):
    """Somebody else changed the story since the page was opened."""


class UnusableTextError(InvalidError):
    """A title, reason or note that says nothing, or too much."""
