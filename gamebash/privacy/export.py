"""Everything about one person, as they may take it along: JSON whole, and a CSV file for each kind of thing."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from gamebash.core.audit import AuditEntry
from gamebash.core.db import db
from gamebash.core.exports import csv_text
from gamebash.models import metadata
from gamebash.people.models import Person

# What would let somebody in, or guess a password.
SECRETS = {"password_hash", "token_hash"}
README = """Everything that this installation keeps about {name}, on {day}.

data.json has all of it. Each CSV file is one kind of thing, for a spreadsheet.
Rows name people and things by their numbers here; people.csv has yours: {number}.
Included is what names you, what you did, and what was written about you in the record of changes.
Passwords and the secrets of links are kept as hashes only, and left out.
"""


def own_data(person: Person, *, now: datetime) -> bytes:
    """Return a ZIP file with everything about a person; the queries are as many as the kinds of things."""
    found = {table.name: rows for table, rows in _rows_about(person) if rows}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("README.txt", README.format(name=person.name, day=now.date().isoformat(), number=person.id))
        file.writestr("data.json", json.dumps(found, default=_plain, ensure_ascii=False, indent=1))
        for name, rows in found.items():
            cells = [[_cell(value) for value in row.values()] for row in rows]
            file.writestr(f"{name}.csv", "\N{ZERO WIDTH NO-BREAK SPACE}" + csv_text(list(rows[0]), cells))
    return out.getvalue()


def _rows_about(person: Person) -> Iterator[tuple[sa.Table, list[dict[str, Any]]]]:
    players = metadata.tables["players"]
    own = sa.select(players.c.id).where(players.c.person_id == person.id)
    for table in metadata.sorted_tables:
        conditions = [
            column == person.id if key.column.table.name == "people" else column.in_(own)
            for column in table.columns
            for key in column.foreign_keys
            if key.column.table.name in {"people", "players"}
        ]
        if table.name == "people":
            conditions = [table.c.id == person.id]
        if table.name == AuditEntry.__tablename__:
            conditions.append(table.c.subject_key == person.handle)
        if conditions:
            columns = [column for column in table.columns if column.name not in SECRETS]
            query = sa.select(*columns).where(sa.or_(*conditions)).order_by(*table.primary_key.columns)
            yield table, [dict(row) for row in db.session.execute(query).mappings()]


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, (datetime, date)) else str(value)


def _cell(value: object) -> object:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return _plain(value) if isinstance(value, (datetime, date)) else value
