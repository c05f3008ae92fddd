"""Every text in the database in which somebody may be named, found from the schema itself, so that none is forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gamebash.core.append_only import APPEND_ONLY, TEXTS
from gamebash.core.db import db
from gamebash.models import metadata
from gamebash.privacy.words import Words

# Identifiers, hashes and secrets: nobody is named there, and other rows hang on them.
IDENTIFIERS = {
    "slug", "code", "key", "reference", "token_hash", "password_hash", "hash", "previous_hash", "rehash", "ledger_hash", "sha256",
    "content_hash", "file_digest", "digest", "fingerprint", "file_path", "rrule", "colour", "tag", "subject_kind", "external_id",
    "secret_env", "secret_sealed", "hook_secret_env", "hook_secret_sealed", "table_name",
}  # fmt: skip
# Written anew as a whole, or without names by design.
APART = {"people", "throttles", "sign_ins", "one_time_links", "event_results", "redactions", "counters"}
# Things of the organisation that may be called as somebody is.
CALLED = {("teams", "name"), ("teams", "division"), ("services", "name"), ("sources", "name")}


@dataclass(frozen=True, slots=True)
class Place:
    """A row that names the person: which columns would change, and to what."""

    table: sa.Table
    row: sa.Row[Any]
    changes: dict[str, Any]

    @property
    def where(self) -> sa.ColumnElement[bool]:
        """The condition that is this row."""
        return sa.and_(*(column == getattr(self.row, column.name) for column in self.table.primary_key.columns))


def places_of(words: Words) -> Iterator[Place]:
    """Yield each row in which a person is named. Reads every text once."""
    for table in metadata.sorted_tables:
        columns = _texts(table)
        if not columns:
            continue
        named = sa.or_(*(_holds(column, needle) for column in columns for needle in words.needles))
        query = sa.select(*dict.fromkeys([*table.primary_key.columns, *columns])).where(named)
        for row in db.session.execute(query).all():
            changes = {}
            for column in columns:
                before = getattr(row, column.name)
                after = words.erased_in(before)
                if after != before:
                    changes[column.name] = after
            if changes:
                yield Place(table, row, changes)


def _texts(table: sa.Table) -> list[sa.Column[Any]]:
    if table.name in APART or (table.name in APPEND_ONLY and table.name not in TEXTS):
        return []
    allowed = TEXTS.get(table.name)
    return [
        column
        for column in table.columns
        if isinstance(column.type, (sa.String, sa.JSON))
        and not isinstance(column.type, sa.Enum)
        and column.name not in IDENTIFIERS
        and (table.name, column.name) not in CALLED
        and not column.foreign_keys
        and (allowed is None or column.name in allowed)
    ]


def _holds(column: sa.Column[Any], needle: str) -> sa.ColumnElement[bool]:
    text = sa.cast(column, sa.Text) if isinstance(column.type, sa.JSON) else column
    return text.icontains(needle, autoescape=True)
