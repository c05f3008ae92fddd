"""Full-text search on both databases: SQLite's FTS5, PostgreSQL's tsvector, kept by the databases themselves.

Words are runs of letters and digits in lower case, so identifiers and any language with spaces work; what people type is
taken apart into such words and can never be a syntax error. The last letters may be left out: ``time`` finds ``timeout``.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from gamebash.core.db import db

WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 8
SHORTEST_PREFIX = 2
INDEXED_LETTERS = 20_000
# Each table that can be searched, and the texts that are.
TEXTS = {
    "incidents": ("title", "external_id", "description"),
    "problems": ("title", "key", "symptom"),
    "stories": ("title", "why", "description", "acceptance_criteria"),
}
PREFIX = "words_of_"
COLUMN = "words"


def words_in(text: str) -> list[str]:
    """Return the words of a text in lower case, in order."""
    return WORD.findall(text.replace("\0", " ").lower())


def asked_words(text: str) -> list[str]:
    """Return the words that somebody searches for, each once, at most MOST_WORDS."""
    return list(dict.fromkeys(words_in(text)))[:MOST_WORDS]


def has_words(model: type[Any], text: str) -> sa.ColumnElement[bool]:
    """Return the condition that a row has every word of a text, or words that begin so; false for a text without words."""
    words = asked_words(text)
    if not words:
        return sa.false()
    return _matches(model, words, is_prefix=True, joint=" AND " if _is_sqlite() else " & ")


def has_any(model: type[Any], words: Iterable[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a row has at least one of some whole words, each as ``words_in`` gives it."""
    wanted = sorted(set(words))
    if not wanted:
        return sa.false()
    return _matches(model, wanted, is_prefix=False, joint=" OR " if _is_sqlite() else " | ")


def snippet(text: str, words: Sequence[str], around: int = 90) -> tuple[tuple[str, bool], ...]:
    """Return the part of a text around the first word found, in pieces, each with whether it is to be marked."""
    if not words:
        return ((text[: 2 * around], False),)
    pattern = re.compile(r"(?<![^\W_])(" + "|".join(re.escape(word) for word in words) + r")[^\W_]*", re.IGNORECASE)
    first = pattern.search(text)
    start = max(0, first.start() - around) if first else 0
    part = text[start : start + 2 * around + (len(first.group()) if first else 0)]
    pieces: list[tuple[str, bool]] = [("… ", False)] if start else []
    place = 0
    for found in pattern.finditer(part):
        pieces += [(part[place : found.start()], False), (found.group(), True)]
        place = found.end()
    pieces.append((part[place:] + ("…" if start + len(part) < len(text) else ""), False))
    return tuple(piece for piece in pieces if piece[0])


def is_modelled(name: str | None, kind: str, _parents: Any = None) -> bool:
    """Say whether something in the database has a model; what search adds to the schema has none."""
    is_index = kind in {"table", "index"} and (name or "").startswith(PREFIX)
    return not is_index and not (kind == "column" and name == COLUMN)


def _matches(model: type[Any], words: Sequence[str], *, is_prefix: bool, joint: str) -> sa.ColumnElement[bool]:
    table = model.__tablename__
    if _is_sqlite():
        asked = joint.join(f'"{word}"{"*" if is_prefix and len(word) >= SHORTEST_PREFIX else ""}' for word in words)
        index = sa.table(PREFIX + table, sa.column("rowid", sa.Integer))
        found = sa.select(index.c.rowid).where(sa.literal_column(PREFIX + table).op("MATCH")(asked))
        condition: sa.ColumnElement[bool] = model.id.in_(found)
        return condition
    asked = joint.join(f"'{word}'{':*' if is_prefix and len(word) >= SHORTEST_PREFIX else ''}" for word in words)
    column: sa.ColumnElement[Any] = sa.literal_column(f"{table}.{COLUMN}")
    return column.bool_op("@@")(sa.func.to_tsquery(sa.literal_column("'simple'"), asked))


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"
