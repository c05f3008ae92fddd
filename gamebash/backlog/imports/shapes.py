"""What a file is: CSV, JSON or JSONL, gzipped or not, its encoding and its delimiter, all from its first bytes."""

import codecs
import csv
import gzip
import json
import zlib
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from charset_normalizer import from_bytes

from gamebash.backlog.records import UnreadableFileError

SAMPLE_BYTES = 256 * 1024
LOOKED_AT = 64 * 1024
LINES_COUNTED = 50
DELIMITERS = ",;\t|"
GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
# A text may hold a stray NUL; a file with this share of them is no text.
NUL_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Shape:
    """What a file turned out to be: csv, json or jsonl; its encoding, and whether that is a guess; for CSV its delimiter."""

    kind: str
    encoding: str
    delimiter: str
    is_gzip: bool
    is_guessed: bool = False


def shape_of(path: Path) -> Shape:
    """Return what a file is, from its first bytes; its name is not trusted.

    Raises:
        UnreadableFileError: for an empty file, or one that is none of the three.
    """
    with path.open("rb") as file:
        is_gzip = file.read(2) == GZIP
    with opened(path, is_gzip=is_gzip) as file:
        sample = _read_sample(file)
    _refuse_what_is_no_text(sample)
    encoding = _encoding(sample)
    text = sample.decode(encoding, errors="replace").lstrip("\ufeff \t\r\n\x00")
    is_guessed = not encoding.startswith("utf")
    if text.startswith("["):
        return Shape("json", encoding, "", is_gzip, is_guessed)
    if text.startswith("{"):
        return Shape("jsonl" if _is_lines(text) else "json", encoding, "", is_gzip, is_guessed)
    return Shape("csv", encoding, delimiter_of(text), is_gzip, is_guessed)


def opened(path: Path, *, is_gzip: bool) -> BinaryIO:
    """Open a file for reading, unpacked."""
    return gzip.open(path, "rb") if is_gzip else path.open("rb")  # type: ignore[return-value]


def delimiter_of(text: str) -> str:
    """Return the sign that cuts the first lines into the same number of cells, as many as may be."""
    lines = text.replace("\x00", "").splitlines(keepends=True)[:LINES_COUNTED]
    return max(DELIMITERS, key=lambda sign: (_score(lines, sign), -DELIMITERS.index(sign)))


def _score(lines: list[str], sign: str) -> tuple[float, int]:
    """Return the share of rows with as many cells as the header, and that number; nothing for one cell."""
    try:
        rows = [row for row in islice(csv.reader(StringIO("".join(lines)), delimiter=sign), LINES_COUNTED) if row]
    except csv.Error:
        return 0.0, 0
    width = len(rows[0]) if rows else 0
    if width < 2:  # noqa: PLR2004
        return 0.0, 0
    same = sum(len(row) == width for row in rows) / len(rows)
    return round(same, 1), width


def _read_sample(file: BinaryIO) -> bytes:
    try:
        return file.read(SAMPLE_BYTES)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFileError(f"The gzip file is cut off or damaged ({error}). Compress it again.") from error


def _refuse_what_is_no_text(sample: bytes) -> None:
    if not sample.strip(b" \t\r\n\xef\xbb\xbf"):
        raise UnreadableFileError("The file is empty. Export it again, with a header line and at least one row.")
    if sample.startswith(ZIP):
        raise UnreadableFileError(
            "The file is a ZIP archive or a spreadsheet. Unpack it, or save the sheet as CSV; gzip is read as it is."
        )
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return
    if sample.count(b"\x00") > NUL_SHARE * len(sample):
        raise UnreadableFileError(
            "The file is full of NUL bytes, so it is no text, or UTF-16 without its mark. Export it as UTF-8."
        )


def _encoding(sample: bytes) -> str:
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return _other_encoding(sample)
    return "utf-8"


def _other_encoding(sample: bytes) -> str:
    """Tell a few broken bytes, a fault of single rows of a UTF-8 file, from another encoding, which is then a guess."""
    damaged = sample.decode("utf-8", errors="replace").count("\ufffd")
    others = len(sample) - len(sample.decode("ascii", errors="ignore"))
    if damaged * 4 < others:
        return "utf-8"
    found = from_bytes(sample[:LOOKED_AT]).best()
    usual = {"latin_1", "ascii", "utf_8"}
    return "cp1252" if found is None or found.encoding in usual else found.encoding


def _is_lines(text: str) -> bool:
    """Say whether an object stands whole on the first line, with more lines after it."""
    first, end, rest = text.partition("\n")
    if not end:
        return False
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        # A broken first line does not make the others one document.
        return rest.lstrip().startswith("{")
    return bool(rest.strip())
