"""The items of a JSON document, a piece at a time: one list, or an object with exactly one list of objects in it."""

import json
from collections.abc import Generator, Iterator
from typing import Any, NoReturn, TextIO

from gamebash.backlog.records import Row, UnreadableFileError

PIECE = 64 * 1024
ITEM_CHARACTERS = 32 * 1024**2
BROKEN = "has bytes that are not UTF-8"
NO_LIST = "The JSON file holds no list of incidents. Export it as a list, or as JSON lines."
_SPACE = " \t\r\n"


def line_row(line: int, text: str) -> Row:
    """Make a row of a line; one that is no JSON will be rejected with that reason, and the other lines go in."""
    try:
        item = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Row(line, {"": f"not JSON: {error}", "text": text[:200]})
    return Row(line, flat(item))


def rows_of_items(items: Iterator[Any]) -> Iterator[Row]:
    """Return the items of a document as rows with their number."""
    return (Row(number, flat(item)) for number, item in enumerate(items, start=1))


def flat(item: Any) -> dict[str, Any]:
    """Return an object's values as columns; what lies one level deeper is named ``outer.inner``."""
    if not isinstance(item, dict):
        return {"": "not an object", "text": str(item)[:200]}
    found: dict[str, Any] = {}
    for name, value in item.items():
        if isinstance(value, dict):
            found.update({f"{name}.{inner}": deeper for inner, deeper in value.items() if not isinstance(deeper, dict)})
        elif name:
            found[str(name)] = value
    return found


def json_items(file: TextIO) -> Iterator[Any]:
    """Yield the items of the document's list.

    Raises:
        UnreadableFileError: where there is no list, more than one, or the document stops being readable.
    """
    stream = _Stream(file)
    if stream.sign() == "[":
        stream.skip()
        yield from stream.items()
        return
    if stream.sign() != "{":
        raise UnreadableFileError(NO_LIST)
    yield from _items_of_object(stream)


def _items_of_object(stream: "_Stream") -> Iterator[Any]:
    stream.skip()
    list_name = ""
    while stream.sign() == '"':
        name = str(stream.value())
        if stream.sign() != ":":
            stream.stop()
        stream.skip()
        if stream.sign() == "[":
            list_name = yield from _list(stream, name, list_name)
        else:
            stream.value()
        if stream.sign() == ",":
            stream.skip()
    if stream.sign() != "}":
        stream.stop()
    if not list_name:
        raise UnreadableFileError(NO_LIST)


def _list(stream: "_Stream", name: str, before: str) -> Generator[Any, None, str]:
    """Yield the items of a list of objects, and return its name; a list of anything else is passed over."""
    stream.skip()
    if stream.sign() != "{":
        for _ in stream.items():
            pass
        return before
    if before:
        raise UnreadableFileError(
            f"The JSON has two lists of objects, {before!r} and {name!r}. Export the incidents alone."
        )
    yield from stream.items()
    return name


class _Stream:
    """A JSON text of which only the piece in hand is in memory."""

    def __init__(self, file: TextIO) -> None:
        self._file, self._at, self._count = file, 0, 0
        self._text = file.read(PIECE).lstrip("\ufeff")
        self._decoder = json.JSONDecoder()

    def sign(self) -> str:
        """Return the next sign that is no space, without taking it; nothing at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def skip(self) -> None:
        """Take the sign."""
        self._at += 1

    def items(self) -> Iterator[Any]:
        """Yield the items of the list whose opening sign was taken, and take its end."""
        while (sign := self.sign()) != "]":
            if sign == ",":
                self.skip()
                continue
            item = self.value()
            self._count += 1
            yield item
        self.skip()

    def value(self) -> Any:
        """Take the next value.

        Raises:
            UnreadableFileError: where it is none, is cut off, or is too large.
        """
        self.sign()
        while True:
            try:
                item, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                self.stop()
            except ValueError:
                end = len(self._text)
                item = None
            if end < len(self._text) or isinstance(item, dict | list | str):
                self._at = end
                return item
            if len(self._text) - self._at > ITEM_CHARACTERS or not self._more():
                self.stop()

    def stop(self) -> NoReturn:
        """Say that the text cannot be read on.

        Raises:
            UnreadableFileError: always.
        """
        raise UnreadableFileError(
            f"The JSON stops being readable after item {self._count}: it is cut off or broken there, or an item is too large."
        )

    def _more(self) -> bool:
        """Read on; what was taken is let go."""
        self._text, self._at = self._text[self._at :], 0
        piece = self._file.read(max(PIECE, len(self._text)))
        self._text += piece
        return bool(piece)
