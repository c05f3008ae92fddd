"""Calling out: to public addresses only unless the host is allowed, with limits, and patient with servers that are busy.

What a name resolves to is checked where the connection is made, so a name that answers differently the second time gains
nothing. Redirects are followed to the same server only, and a token goes nowhere else.
"""

import ipaddress
import json
import random
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpcore2
import httpx2
import structlog

log = structlog.get_logger()

CONNECT_SECONDS, READ_SECONDS = 10.0, 30.0
PAGE_BYTES = 25 * 1024 * 1024
PIECE = 64 * 1024
REDIRECTS = 5
THROTTLED_TRIES, BROKEN_TRIES = 6, 3
LONGEST_BACKOFF = 60.0
# Who is told to wait longer than this stops here and comes back then.
LONGEST_WAIT = 600.0
UNIX_TIMES_FROM = 10**8
SHOWN = 200

RESET_HEADERS = (
    "retry-after",
    "x-ratelimit-period-in-sec",
    "ratelimit-reset",
    "x-ratelimit-reset",
    "x-sentry-rate-limit-reset",
)


class RemoteError(RuntimeError):
    """A call that brought nothing; the message says what the other side did, without secrets."""


class BlockedAddressError(RemoteError):
    """An address that must not be called."""


class UnauthorisedError(RemoteError):
    """The other side does not accept the token."""


class RefusedError(RemoteError):
    """The other side refused the request itself; asking again would not help."""


class BusyError(RemoteError):
    """The other side was busy (it throttles) or broken until we gave up; ``until`` is when it said to come back."""

    def __init__(self, message: str, until: datetime | None = None, *, is_throttled: bool = False) -> None:
        """Keep when to come back."""
        super().__init__(message)
        self.until = until
        self.is_throttled = is_throttled


@dataclass(frozen=True, slots=True)
class Response:
    """An answer that could be read: its JSON, its headers (names in lower case), and the address it came from."""

    body: Any
    headers: Mapping[str, str]
    url: str

    def link(self, relation: str) -> str | None:
        """Return the address that the Link header gives for a relation."""
        for part in self.headers.get("link", "").split(","):
            address, _, rest = part.partition(";")
            if f'rel="{relation}"' in rest.replace("'", '"') or f"rel={relation}" in rest:
                return address.strip().strip("<>")
        return None


class _CheckedBackend(httpcore2.SyncBackend):
    """Connects to addresses that were checked, not to names."""

    def __init__(self, allowed: frozenset[str]) -> None:
        super().__init__()
        self._allowed = allowed

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address of a host, all of which have to be public unless the host is allowed."""
        addresses = _resolved(host, port)
        if host.casefold() not in self._allowed:
            for address in addresses:
                check_public(address, host)
        return super().connect_tcp(addresses[0], port, timeout, local_address, socket_options)


def check_public(address: str, host: str) -> None:
    """Refuse an address that is not public: private, loopback, link-local, reserved, also as IPv4 inside IPv6.

    Raises:
        BlockedAddressError: with how to allow it.
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None) or parsed
    if not (inner.is_global and parsed.is_global) or inner.is_multicast:
        raise BlockedAddressError(
            f"{host} is at {address}, which is not a public address. If it is a server of your own, "
            "add the host to GAMEBASH_ALLOWED_HOSTS and start gamebash again."
        )


def _resolved(host: str, port: int) -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise RemoteError(f"The name {host} cannot be found.") from error


class _CheckedTransport(httpx2.BaseTransport):
    """Sends requests over connections that the checked backend makes."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(), network_backend=_CheckedBackend(allowed), max_connections=4
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        sent = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = self._pool.handle_request(sent)
        return httpx2.Response(
            answer.status, headers=answer.headers, stream=_Stream(answer), extensions=answer.extensions
        )

    def close(self) -> None:
        self._pool.close()


class _Stream(httpx2.SyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Any:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@dataclass
class Client:
    """Calls one server. ``sleep`` is what waiting means; tests give one that does not.

    ``is_address_secret``: whoever knows the address may use it, so its path is not logged.
    """

    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    allowed_hosts: frozenset[str] = frozenset()
    sleep: Callable[[float], None] = time.sleep
    is_address_secret: bool = False

    def __post_init__(self) -> None:
        """Check the address.

        Raises:
            RefusedError: where it is none, or not http(s).
        """
        self._base = httpx2.URL(self.base_url.rstrip("/") + "/")
        if self._base.scheme not in {"http", "https"} or not self._base.host:
            raise RefusedError(f"{self.base_url[:SHOWN]!r} is no address. It begins with https://.")
        if self._base.userinfo:
            raise RefusedError("The address must not hold a password. Give the token as the secret.")
        self._client = httpx2.Client(
            transport=_CheckedTransport(self.allowed_hosts),
            timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
            headers={"User-Agent": "gamebash/1", "Accept": "application/json", **self.headers},
        )

    def close(self) -> None:
        """Close what is open."""
        self._client.close()

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Response:
        """Ask for JSON at a path below the base address, or at an address on the same server, until it comes.

        Raises:
            UnauthorisedError: where the token is not accepted.
            RefusedError: where the request itself is wrong, or the address is on another server.
            BusyError: where the server stayed busy or broken.
        """
        return self._insist("GET", path, params=params)

    def send(self, method: str, path: str, body: Any, *, reads_json: bool = True) -> Response:
        """Send JSON, once: what may have been done must not be done again by insisting.

        With ``reads_json`` off the answer may be anything, and its body is None.

        Raises:
            RemoteError: as ``get``.
        """
        return self._once(method, self._address(path), {"json": body}, reads_json=reads_json)

    def _address(self, path: str) -> httpx2.URL:
        url = self._base.join(path.lstrip("/") if "://" not in path else path)
        if (url.scheme, url.host, url.port) != (self._base.scheme, self._base.host, self._base.port):
            raise RefusedError(f"The server pointed to another one ({url.host}); a token is never sent there.")
        return url

    def _insist(self, method: str, path: str, *, params: Mapping[str, Any] | None) -> Response:
        url, throttled, broken = self._address(path), 0, 0
        while True:
            try:
                return self._once(method, url, {"params": params} if params else {})
            except BusyError as error:
                throttled, broken = throttled + error.is_throttled, broken + (not error.is_throttled)
                if throttled >= THROTTLED_TRIES or broken >= BROKEN_TRIES:
                    raise
                self._wait(error, throttled + broken)

    def _wait(self, error: BusyError, tries: int) -> None:
        seconds = min(LONGEST_BACKOFF, 2.0**tries) * random.uniform(0.8, 1.2)  # noqa: S311 no secret hangs on it
        if error.until is not None:
            seconds = max(0.0, (error.until - datetime.now(UTC)).total_seconds())
        if seconds > LONGEST_WAIT:
            raise error
        log.info("waiting for a busy server", host=self._base.host, seconds=round(seconds, 1))
        self.sleep(seconds)

    def _once(self, method: str, url: httpx2.URL, content: Mapping[str, Any], *, reads_json: bool = True) -> Response:
        for _ in range(REDIRECTS + 1):
            try:
                with self._client.stream(method, url, **content) as answer:
                    path = "(secret)" if self.is_address_secret else url.path
                    log.info("called", host=url.host, path=path, status=answer.status_code)
                    if not answer.is_redirect:
                        return _read(answer, str(url), reads_json=reads_json)
                    if method != "GET":
                        raise RefusedError(
                            f"{url.host} redirects what is sent to it. Set the address that it points to."
                        )
                    url, content = self._address(str(url.join(answer.headers.get("location", "")))), {}
            except (
                httpx2.TransportError,
                httpcore2.NetworkError,
                httpcore2.ProtocolError,
                httpcore2.TimeoutException,
            ) as error:
                raise BusyError(f"The connection to {url.host} broke ({type(error).__name__}).") from error
        raise RefusedError(f"{url.host} redirects in circles.")


def _read(answer: httpx2.Response, url: str, *, reads_json: bool) -> Response:
    body = _body(answer)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    status, text = answer.status_code, body[:SHOWN].decode("utf-8", errors="replace")
    is_spent = headers.get("x-ratelimit-remaining") == "0"
    if status == HTTPStatus.TOO_MANY_REQUESTS or (
        status == HTTPStatus.FORBIDDEN and (is_spent or "retry-after" in headers)
    ):
        until = wait_until(headers, now=datetime.now(UTC))
        raise BusyError("The server is busy: it asks us to wait.", until, is_throttled=True)
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise UnauthorisedError(
            f"The server does not accept the token (status {status}). Make a new one there and set it here."
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise BusyError(f"The server failed (status {status}).", wait_until(headers, now=datetime.now(UTC)))
    if status >= HTTPStatus.BAD_REQUEST:
        raise RefusedError(f"The server refused the request (status {status}): {text}")
    if not reads_json:
        return Response(None, headers, url)
    try:
        parsed = json.loads(body) if body.strip() else None
    except ValueError as error:
        what = "a web page" if text.lstrip().startswith("<") else "no whole JSON"
        raise BusyError(
            f"The server sent {what} where JSON was expected. Is the address right, without a sign-in page before it?"
        ) from error
    return Response(parsed, headers, url)


def _body(answer: httpx2.Response) -> bytes:
    pieces, size = [], 0
    for piece in answer.iter_bytes(PIECE):
        size += len(piece)
        if size > PAGE_BYTES:
            raise RefusedError(f"The server sent more than {PAGE_BYTES // 2**20} MiB at once. Ask for smaller pages.")
        pieces.append(piece)
    return b"".join(pieces)


def wait_until(headers: Mapping[str, str], *, now: datetime) -> datetime | None:
    """Return when a server says to come back: Retry-After in seconds or as a date, else what vendors send instead.

    Vendors' reset headers are seconds to wait, Unix times or ISO times; a number too large for seconds is a Unix time.
    """
    for name in RESET_HEADERS:
        if found := headers.get(name, "").strip():
            with suppress(ValueError):
                return _moment(found, now)
    return None


def _moment(text: str, now: datetime) -> datetime:
    try:
        number = float(text)
    except ValueError:
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            found = parsedate_to_datetime(text)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return datetime.fromtimestamp(number if number > UNIX_TIMES_FROM else now.timestamp() + max(0.0, number), UTC)
