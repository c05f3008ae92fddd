"""Rows out of CSV, JSON and JSONL files, plain or gzipped, one at a time: memory does not grow with the file.

What is wrong with one row rejects that row, with the line it begins at; what makes the rest of a file unreadable stops it.
"""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from gamebash.backlog.imports.json_items import BROKEN, ITEM_CHARACTERS, json_items, line_row, rows_of_items
from gamebash.backlog.imports.shapes import Shape, opened, shape_of
from gamebash.backlog.records import Row, UnreadableFileError

BUFFER = 256 * 1024
CELL_CHARACTERS = 16 * 1024**2
LINE_BYTES = 64 * 1024**2
COLUMNS = 20_000
EXPANDED_BYTES = 8 * 1024**3
# What unpacks to so many times its size is no log. Real ones come to 5 to 40 times.
EXPANDED_TIMES = 100
ALWAYS_EXPANDED = 128 * 1024**2
MEBIBYTE = 1024**2

_ESCAPED = re.compile("[\udc80-\udcff]")

csv.field_size_limit(CELL_CHARACTERS)


def read_rows(path: Path, shape: Shape | None = None, *, limit: int = EXPANDED_BYTES) -> Iterator[Row]:
    """Yield the rows of a file that unpacks to no more than ``limit`` bytes.

    Raises:
        UnreadableFileError: where it stops being readable; the message names the line.
    """
    shape = shape or shape_of(path)
    readers = {"csv": _csv_rows, "json": _json_rows, "jsonl": _jsonl_rows}
    try:
        with opened(path, is_gzip=shape.is_gzip) as file:
            yield from readers[shape.kind](_text(file, shape, _allowed(path, shape, limit)), shape)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFileError(
            f"The gzip file is cut off or damaged ({error}). Copy or compress it again."
        ) from error


def refuse_bomb(path: Path, *, limit: int = EXPANDED_BYTES) -> None:
    """Unpack a gzip file once into nothing, so that one that is too large is refused before a row of it goes in.

    Raises:
        UnreadableFileError: where it unpacks to more than it may.
    """
    shape = shape_of(path)
    if shape.is_gzip:
        with opened(path, is_gzip=True) as file:
            limited = _Limited(file, _allowed(path, shape, limit), has_lines=False)
            try:
                while limited.read(BUFFER):
                    pass
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise UnreadableFileError(
                    f"The gzip file is cut off or damaged ({error}). Copy or compress it again."
                ) from error


def _allowed(path: Path, shape: Shape, limit: int) -> int:
    if not shape.is_gzip:
        return limit
    return min(limit, max(ALWAYS_EXPANDED, path.stat().st_size * EXPANDED_TIMES))


def _text(file: BinaryIO, shape: Shape, allowed: int) -> TextIO:
    limited = _Limited(file, allowed, has_lines=shape.kind != "json")
    errors = "surrogateescape" if shape.encoding.startswith("utf-8") else "replace"
    return io.TextIOWrapper(io.BufferedReader(limited, BUFFER), encoding=shape.encoding, errors=errors, newline="")


class _Limited(io.RawIOBase):
    """A stream that stops a small file from unpacking into an endless one, and a line from filling the memory."""

    def __init__(self, file: BinaryIO, allowed: int, *, has_lines: bool) -> None:
        self._file, self._allowed, self._left = file, allowed, allowed
        self._has_lines, self._since = has_lines, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableFileError(
                f"The file unpacks to more than {self._allowed // MEBIBYTE:,} MiB, "
                "more than a log of its size holds or than is allowed here. Split it, or send it unpacked."
            )
        if self._has_lines:
            self._since = 0 if b"\n" in data or b"\r" in data else self._since + len(data)
            if self._since > LINE_BYTES:
                raise UnreadableFileError(
                    f"A line is longer than {LINE_BYTES // MEBIBYTE} MiB. Export the file with one row a line."
                )
        buffer[: len(data)] = data
        return len(data)


class _Lines:
    """The lines of a file without NUL signs; knows whether one had broken bytes, and whether the file is over."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.is_broken = self.is_over = False

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            if not line.isascii() and _ESCAPED.search(line):
                self.is_broken = True
            yield line.replace("\x00", "") if "\x00" in line else line
        self.is_over = True


def _csv_rows(file: TextIO, shape: Shape) -> Iterator[Row]:
    lines = _Lines(file)
    reader = csv.reader(lines, delimiter=shape.delimiter)
    first: list[str] = []
    names: list[str] = []
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _unreadable_row(line, reader.line_num, error)
            continue
        if lines.is_over or lines.is_broken:
            yield _faulty(line, cells, BROKEN if lines.is_broken else "a quote is opened here and never closed")
            lines.is_broken = False
        elif len(cells) == len(names) and cells != first:
            yield Row(line, dict(zip(names, cells, strict=True)))
        elif not names and any(cell.strip() for cell in cells):
            first, names = cells, _names(cells)
        elif cells != first and any(cell.strip() for cell in cells):
            yield _faulty(line, cells, f"{len(cells):,} cells where the header has {len(names):,}")


def _unreadable_row(line: int, last: int, error: csv.Error) -> Row:
    """Return the rejection of a row on one line; one that goes over many has an open quote somewhere, so nothing after it is sure.

    Raises:
        UnreadableFileError: where the row goes over several lines.
    """
    if last > line:
        message = (
            f"The row that begins on line {line:,} has a quote that is not closed within {CELL_CHARACTERS:,} signs. "
        )
        raise UnreadableFileError(message + "Mend that line, or export the file again.") from error
    return Row(line, {"": f"cannot be read as CSV ({error})"})


def _faulty(line: int, cells: list[str], reason: str) -> Row:
    return Row(line, {"": reason, "text": " | ".join(cell[:200] for cell in cells[:20])[:200]})


def _names(cells: list[str]) -> list[str]:
    if len(cells) > COLUMNS:
        raise UnreadableFileError(f"The header has {len(cells):,} columns; {COLUMNS:,} are read at most. Export fewer.")
    names: dict[str, None] = {}
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.lstrip("\ufeff").split()) or f"column {place}"
        names[name if name not in names else f"{name} ({place})"] = None
    return list(names)


def _jsonl_rows(file: TextIO, shape: Shape) -> Iterator[Row]:  # noqa: ARG001
    lines = _Lines(file)
    for number, text in enumerate(lines, start=1):
        if lines.is_broken:
            lines.is_broken = False
            yield _faulty(number, [text], BROKEN)
        elif len(text) > ITEM_CHARACTERS:
            yield _faulty(number, [text], f"longer than {ITEM_CHARACTERS:,} signs")
        elif text.strip("\ufeff \t\r\n"):
            yield line_row(number, text.lstrip("\ufeff"))


def _json_rows(file: TextIO, shape: Shape) -> Iterator[Row]:  # noqa: ARG001
    return rows_of_items(json_items(file))
