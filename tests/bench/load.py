"""A load client of few lines: keep-alive connections, each sending the next request when the last is answered."""

import asyncio
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """Answers a second, and how many answers had which status."""

    rate: float
    statuses: dict[int, int]


def request(method: str, path: str, headers: dict[str, str], body: str = "") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if method == "POST":
        lines += [f"Content-Length: {len(body)}", "Content-Type: application/x-www-form-urlencoded"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def drive(port: int, requests, *, at_once: int, seconds: float | None = None) -> Result:
    """Send requests (a list, once each; or one, again and again for some seconds) and count the answers."""
    return asyncio.run(_drive(port, requests, at_once, seconds))


async def _drive(port, requests, at_once, seconds) -> Result:
    statuses: dict[int, int] = {}
    queue = iter(requests) if seconds is None else None
    began = time.perf_counter()

    async def work():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while True:
            data = requests if queue is None else next(queue, None)
            if data is None or (seconds is not None and time.perf_counter() - began > seconds):
                break
            writer.write(data)
            status, is_open = await _answer(reader)
            statuses[status] = statuses.get(status, 0) + 1
            if not is_open:
                writer.close()
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()

    await asyncio.gather(*(work() for _ in range(at_once)))
    taken = time.perf_counter() - began
    return Result(sum(statuses.values()) / taken, statuses)


async def _answer(reader) -> tuple[int, bool]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    start = lower.find(b"content-length:")
    if start >= 0:
        await reader.readexactly(int(lower[start + 15 : lower.index(b"\r\n", start)]))
    return status, b"connection: close" not in lower
