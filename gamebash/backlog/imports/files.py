"""Rows out of CSV, JSON and JSONL files, plain or gzipped, one at a time: memory does not grow with the file."""

import codecs
import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from charset_normalizer import from_bytes

from gamebash.backlog.records import Row, UnreadableFileError

SAMPLE_BYTES = 256 * 1024
CHUNK = 64 * 1024
CELL_CHARACTERS = 1_000_000
COLUMNS = 500
ITEM_CHARACTERS = 4_000_000
EXPANDED_BYTES = 8 * 1024**3
DELIMITERS = ",;\t|"
GZIP = b"\x1f\x8b"

csv.field_size_limit(CELL_CHARACTERS)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a file turned out to be: csv, json or jsonl; its encoding; for CSV its delimiter."""

    kind: str
    encoding: str
    delimiter: str
    is_gzip: bool


def shape_of(path: Path) -> Shape:
    """Return what a file is, from its first bytes; its name is not trusted.

    Raises:
        UnreadableFileError: for an empty file, or one that is none of the three.
    """
    is_gzip = path.open("rb").read(2) == GZIP
    with _binary(path, is_gzip) as file:
        sample = _read_sample(file)
    if not sample.strip():
        raise UnreadableFileError("The file is empty. Export it again, with a header line and at least one row.")
    if b"\x00" in sample and not sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnreadableFileError(
            "The file has NUL bytes near its start, so it is no text. Export it as CSV, JSON or JSONL."
        )
    encoding = _encoding(sample)
    text = sample.decode(encoding, errors="replace").lstrip("\ufeff \t\r\n")
    if text.startswith("["):
        return Shape("json", encoding, "", is_gzip)
    if text.startswith("{"):
        first = text.splitlines()[0].rstrip()
        return Shape("jsonl" if _is_json(first) and text.count("\n") else "json", encoding, "", is_gzip)
    return Shape("csv", encoding, _delimiter(text), is_gzip)


def read_rows(path: Path, shape: Shape | None = None) -> Iterator[Row]:
    """Yield the rows of a file.

    Raises:
        UnreadableFileError: where it stops being readable; the message names the line.
    """
    shape = shape or shape_of(path)
    readers = {"csv": _csv_rows, "json": _json_rows, "jsonl": _jsonl_rows}
    try:
        with _binary(path, shape.is_gzip) as file:
            yield from readers[shape.kind](_text(file, shape.encoding), shape)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFileError(
            f"The gzip file is cut off or damaged ({error}). Copy or compress it again."
        ) from error


def bytes_read(path: Path) -> int:
    """Return the size of a file in bytes, for progress."""
    return path.stat().st_size


def _binary(path: Path, is_gzip: bool) -> BinaryIO:  # noqa: FBT001
    return gzip.open(path, "rb") if is_gzip else path.open("rb")  # type: ignore[return-value]


def _read_sample(file: BinaryIO) -> bytes:
    try:
        return file.read(SAMPLE_BYTES)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFileError(f"The gzip file is cut off or damaged ({error}). Compress it again.") from error


def _encoding(sample: bytes) -> str:
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError as error:
        return _other_encoding(sample, error)
    return "utf-8"


def _other_encoding(sample: bytes, error: UnicodeDecodeError) -> str:
    """Tell a few broken bytes, a fault of a UTF-8 file that is named by line, from another encoding."""
    line = sample.count(b"\n", 0, error.start) + 1
    damaged = sample.decode("utf-8", errors="replace").count("\ufffd")
    others = sum(byte > 127 for byte in sample)  # noqa: PLR2004
    found = from_bytes(sample[:CHUNK]).best()
    if found is None or damaged * 4 < others:
        raise UnreadableFileError(
            f"Line {line} has bytes that are not UTF-8. Export the file as UTF-8, or mend that line."
        )
    return "cp1252" if found.encoding in {"latin_1", "ascii"} else found.encoding


def _text(file: BinaryIO, encoding: str) -> TextIO:
    return io.TextIOWrapper(io.BufferedReader(_Limited(file)), encoding=encoding, newline="")


class _Limited(io.RawIOBase):
    """A stream that stops a small file from unpacking into an endless one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = EXPANDED_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableFileError("The file unpacks to more than 8 GiB. Split it.")
        buffer[: len(data)] = data
        return len(data)


def _delimiter(text: str) -> str:
    first = text.splitlines()[0]
    return max(DELIMITERS, key=lambda sign: (first.count(sign), -DELIMITERS.index(sign)))


def _csv_rows(file: TextIO, shape: Shape) -> Iterator[Row]:
    reader = csv.reader(file, delimiter=shape.delimiter)
    header: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _header(cells)
            elif cells != header:
                yield _csv_row(reader.line_num, header, cells)
    except csv.Error as error:
        message = f"Line {reader.line_num} cannot be read as CSV ({error}). Mend that line, or export the file again."
        raise UnreadableFileError(message) from error
    except UnicodeDecodeError as error:
        message = f"After line {reader.line_num} come bytes that are not {shape.encoding}. Export the file as UTF-8."
        raise UnreadableFileError(message) from error


def _header(cells: list[str]) -> list[str]:
    if len(cells) > COLUMNS:
        raise UnreadableFileError(f"The header has {len(cells):,} columns; {COLUMNS} are read at most. Export fewer.")
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = cell.strip().lstrip("\ufeff") or f"column {place}"
        names.append(name if name not in names else f"{name} ({place})")
    return names


def _csv_row(line: int, header: list[str], cells: list[str]) -> Row:
    values = dict(zip(header, cells, strict=False))
    if len(cells) > len(header):
        values["(more cells than the header has)"] = " | ".join(cells[len(header) :])
    return Row(line, values)


def _jsonl_rows(file: TextIO, shape: Shape) -> Iterator[Row]:
    line = 0
    try:
        for line, text in enumerate(iter(lambda: file.readline(ITEM_CHARACTERS), ""), start=1):
            if text.strip():
                yield _json_row(line, text)
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            f"After line {line} come bytes that are not {shape.encoding}. Export it as UTF-8."
        ) from error


def _json_row(line: int, text: str) -> Row:
    """Make a row of a line; one that is no JSON will be rejected with that reason, and the other lines go in."""
    try:
        item = json.loads(text)
    except ValueError as error:
        return Row(line, {"": f"not JSON: {error}", "text": text[:200]})
    return Row(line, _flat(item))


def _json_rows(file: TextIO, shape: Shape) -> Iterator[Row]:
    """Yield the items of the outermost list, reading a piece at a time; an object may wrap the list once."""
    try:
        yield from (Row(number, _flat(item)) for number, item in enumerate(_items(file), start=1))
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"The file has bytes that are not {shape.encoding}. Export it as UTF-8.") from error


def _items(file: TextIO) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    buffer = file.read(CHUNK).lstrip("\ufeff")
    start = buffer.find("[")
    if start < 0:
        raise UnreadableFileError("The JSON file holds no list of incidents. Export it as a list, or as JSON lines.")
    buffer = buffer[start + 1 :]
    number = 0
    while True:
        buffer = buffer.lstrip(" \t\r\n,")
        if buffer.startswith("]"):
            return
        try:
            item, end = decoder.raw_decode(buffer)
            is_whole = end < len(buffer)
        except ValueError:
            item, end, is_whole = None, 0, False
        if is_whole:
            number += 1
            yield item
            buffer = buffer[end:]
            continue
        more = file.read(max(CHUNK, len(buffer)))
        if not more or len(buffer) > ITEM_CHARACTERS:
            message = (
                f"The JSON stops being readable after item {number}: the file is cut off, or an item is too large."
            )
            raise UnreadableFileError(message)
        buffer += more


def _flat(item: Any) -> dict[str, Any]:
    """Return an object's values as columns; what lies one level deeper is named ``outer.inner``."""
    if not isinstance(item, dict):
        return {"": "not an object", "text": str(item)[:200]}
    flat: dict[str, Any] = {}
    for name, value in item.items():
        if isinstance(value, dict):
            flat.update({f"{name}.{inner}": deeper for inner, deeper in value.items() if not isinstance(deeper, dict)})
        else:
            flat[str(name)] = value
    return flat


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
