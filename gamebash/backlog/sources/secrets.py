"""Secrets of sources: named by an environment variable, or encrypted with a key from the environment; never shown again.

The key is GAMEBASH_SEALING_KEY, else derived from the secret key by HKDF (RFC 5869), so that the embedded installation needs
no further setting. Sealing is Fernet: AES-128-CBC with HMAC-SHA256.
"""

import base64
import os

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from gamebash.backlog.models import Source
from gamebash.core.errors import DomainError

KEY_BYTES = 32
PURPOSE = b"gamebash secrets of sources"


class NoSecretError(DomainError):
    """The secret of a source cannot be had; the message says what to set."""


def seal(secret: str) -> str:
    """Return a secret encrypted, as it is kept."""
    return _box().encrypt(secret.encode()).decode()


def source_secret(source: Source) -> str:
    """Return the secret that a source is asked with.

    Raises:
        NoSecretError: where the variable is not set, or the key is another one than it was sealed with.
    """
    return _open(source.secret_env, source.secret_sealed)


def hook_secret(source: Source) -> str:
    """Return the secret that a source's webhooks are signed with.

    Raises:
        NoSecretError: as ``source_secret``.
    """
    return _open(source.hook_secret_env, source.hook_secret_sealed)


def _open(variable: str, sealed: str) -> str:
    if variable:
        found = os.environ.get(variable, "")
        if not found:
            raise NoSecretError(
                f"The environment variable {variable} is not set where gamebash runs. Set it and start again."
            )
        return found
    if not sealed:
        return ""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise NoSecretError("The kept secret cannot be read with the present key. Give the secret again.") from error


def _box() -> Fernet:
    given = str(current_app.config.get("GAMEBASH_SEALING_KEY") or current_app.config["SECRET_KEY"])
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE).derive(given.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
