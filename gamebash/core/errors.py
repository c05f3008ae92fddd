"""What goes wrong in the domain has a name, a status and a sentence. The pages that show it are ``error_pages``."""

from http import HTTPStatus


class DomainError(Exception):
    """A refusal by a rule of the domain. The message says who, when and what now, in plain words."""

    status = HTTPStatus.CONFLICT


class NotFoundError(DomainError):
    """The thing asked for does not exist, or not for this person."""

    status = HTTPStatus.NOT_FOUND


class NotAllowedError(DomainError):
    """The person may not do this, whatever the state."""

    status = HTTPStatus.FORBIDDEN


class InvalidError(DomainError):
    """What was typed cannot be used; the message says how to mend it."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class ThrottledError(DomainError):
    """Too many tries; the message says when to try again."""

    status = HTTPStatus.TOO_MANY_REQUESTS
