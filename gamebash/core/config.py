"""Settings, from the environment only; a real installation names its secret, the embedded one keeps its own."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

MEBIBYTE = 1024 * 1024
STREAMS = 1000
SPARE_THREADS = 100
LEAST_SPARE_THREADS = 8


class MisconfiguredError(RuntimeError):
    """A setting is missing or wrong; the message names it and says how to mend it."""


def from_environment(environ: Mapping[str, str]) -> dict[str, object]:
    """Return the application's settings as named in the environment, defaults filled in.

    Raises:
        MisconfiguredError: where a database is named but no secret key is.
    """
    data_folder = Path(environ.get("GAMEBASH_DATA", ROOT / "var"))
    uri = _database_uri(environ, data_folder)
    return {
        "SQLALCHEMY_DATABASE_URI": uri,
        "SECRET_KEY": _secret_key(environ, data_folder),
        "GAMEBASH_DATA": str(data_folder),
        "GAMEBASH_DEMO": environ.get("GAMEBASH_DEMO") == "1",
        "GAMEBASH_TIMEZONE": environ.get("GAMEBASH_TIMEZONE", "UTC"),
        "GAMEBASH_URL": environ.get("GAMEBASH_URL", ""),
        "GAMEBASH_MAIL": environ.get("GAMEBASH_MAIL", ""),
        "GAMEBASH_MAIL_FROM": environ.get("GAMEBASH_MAIL_FROM", "gamebash@localhost"),
        "GAMEBASH_TRUSTED_PROXIES": int(environ.get("GAMEBASH_TRUSTED_PROXIES", "0")),
        "GAMEBASH_UPLOAD_BYTES": int(environ.get("GAMEBASH_UPLOAD_BYTES", str(256 * MEBIBYTE))),
        "GAMEBASH_UNPACKED_BYTES": int(environ.get("GAMEBASH_UNPACKED_BYTES", str(8192 * MEBIBYTE))),
        "GAMEBASH_UPLOAD_ROWS": int(environ.get("GAMEBASH_UPLOAD_ROWS", "2000000")),
        "GAMEBASH_SEALING_KEY": environ.get("GAMEBASH_SEALING_KEY", ""),
        "GAMEBASH_ALLOWED_HOSTS": environ.get("GAMEBASH_ALLOWED_HOSTS", ""),
        **places(environ),
        "SESSION_COOKIE_SECURE": environ.get("GAMEBASH_TLS") == "1",
    }


def allowed_hosts(config: Mapping[str, object]) -> frozenset[str]:
    """Return the hosts of one's own network that may be called though their addresses are not public."""
    return frozenset(str(config.get("GAMEBASH_ALLOWED_HOSTS", "")).casefold().replace(",", " ").split())


def places(environ: Mapping[str, str]) -> dict[str, int]:
    """Return how many threads a process has, and how many of them streams may hold.

    What is left over answers everything else, so that a full house of watchers keeps nobody waiting.

    Raises:
        MisconfiguredError: where nothing would be left over.
    """
    streams = int(environ.get("GAMEBASH_STREAMS", str(STREAMS)))
    threads = int(environ.get("GAMEBASH_THREADS", str(streams + SPARE_THREADS)))
    if threads < streams + LEAST_SPARE_THREADS:
        message = (
            f"GAMEBASH_STREAMS is {streams} and GAMEBASH_THREADS {threads}. Streams hold a thread each, so there have to be "
            f"at least {LEAST_SPARE_THREADS} more threads than streams: raise GAMEBASH_THREADS or lower GAMEBASH_STREAMS."
        )
        raise MisconfiguredError(message)
    return {"GAMEBASH_STREAMS": streams, "GAMEBASH_THREADS": threads}


def _database_uri(environ: Mapping[str, str], data_folder: Path) -> str:
    uri = environ.get("DATABASE_URL")
    if not uri:
        return f"sqlite:///{data_folder / 'gamebash.sqlite3'}"
    scheme, _, rest = uri.partition("://")
    if scheme in {"postgres", "postgresql"}:
        return f"postgresql+psycopg://{rest}"
    return uri


def _secret_key(environ: Mapping[str, str], data_folder: Path) -> str:
    if key := environ.get("GAMEBASH_SECRET_KEY"):
        return key
    if environ.get("DATABASE_URL"):
        message = (
            "GAMEBASH_SECRET_KEY is not set. It signs the session cookies and has to be the same in every process. "
            "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
        raise MisconfiguredError(message)
    return _kept_secret(data_folder / "secret_key")


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text()
