"""Secrets of sources: named by an environment variable, or kept sealed."""

import os

from gamebash.backlog.models import Source
from gamebash.core.sealing import NoSecretError, unseal


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
    return unseal(sealed) if sealed else ""
