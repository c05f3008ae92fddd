"""Secrets that are kept: encrypted with a key from the environment, and never shown again.

The key is GAMEBASH_SEALING_KEY, else derived from the secret key by HKDF (RFC 5869), so that the embedded installation needs
no further setting. Sealing is Fernet: AES-128-CBC with HMAC-SHA256.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from gamebash.core.errors import DomainError

KEY_BYTES = 32
# Part of the key, so it stays what it was when the first secret was kept, which was one of a source.
PURPOSE = b"gamebash secrets of sources"


class NoSecretError(DomainError):
    """A secret cannot be had; the message says what to set."""


def seal(secret: str) -> str:
    """Return a secret encrypted, as it is kept."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return a secret that was kept.

    Raises:
        NoSecretError: where the key is another one than it was sealed with.
    """
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise NoSecretError("The kept secret cannot be read with the present key. Give the secret again.") from error


def _box() -> Fernet:
    given = str(current_app.config.get("GAMEBASH_SEALING_KEY") or current_app.config["SECRET_KEY"])
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE).derive(given.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
