"""Passwords as argon2id hashes; checking one takes the same work whether or not there is an account."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gamebash.core.errors import InvalidError

SHORTEST, LONGEST = 10, 200

# RFC 9106's second recommended choice, which argon2-cffi takes for its defaults.
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """Return what is stored of a password.

    Raises:
        InvalidError: where it is too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidError(f"A password has {SHORTEST} to {LONGEST} characters; a few words in a row make a good one.")
    return _hasher.hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Say whether a password fits; without an account the same work is done for nothing."""
    try:
        _hasher.verify(password_hash or _nobodys_hash(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Say whether a hash was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(password_hash)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")
