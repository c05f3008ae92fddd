"""One row of the database: found or said to be missing, held as it is now, or written unless it is there already."""

from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from gamebash.core.db import Base, db
from gamebash.core.errors import NotFoundError

M = TypeVar("M", bound=Base)


def one_row(query: sa.Select[M], missing: str) -> M:
    """Return the first row of a query.

    Raises:
        NotFoundError: where there is none, in these words.
    """
    row = db.session.scalar(query)
    if row is None:
        raise NotFoundError(missing)
    return row


def lock_row(model: type[M], row_id: int, *, is_shared: bool = False) -> M:
    """Hold a row until the transaction ends, as it is now; of two people at once the second sees what the first did.

    ``is_shared``: several may hold it so, and only who would change it waits.
    """
    key = sa.inspect(model).primary_key[0]
    query = sa.select(model).where(key == row_id).with_for_update(of=model, read=is_shared)
    return db.session.scalars(query, execution_options={"populate_existing": True}).unique().one()


def insert_into(model: type[Base]) -> Any:
    """Return an insertion that may say what happens where a row is there already (``on_conflict_…``), as both engines know it."""
    return (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert(model)
