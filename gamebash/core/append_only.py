"""Tables whose rows are never changed or deleted: the database itself refuses it, by trigger."""

from alembic.operations import Operations

FIRST = ("point_entries", "moves", "move_approvals", "audit_entries")
APPEND_ONLY = (*FIRST, "event_results", "move_consents")

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""

_POSTGRES_FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
"""

_POSTGRES = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def protect(op: Operations) -> None:
    """Create the triggers of the first tables, and what they call; the first migration does."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(_POSTGRES_FUNCTION)
    for table in FIRST:
        protect_table(op, table)


def unprotect(op: Operations) -> None:
    """Drop the triggers of the first tables; only a migration that takes the tables away may do that."""
    for table in FIRST:
        unprotect_table(op, table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_change()")


def protect_table(op: Operations, table: str) -> None:
    """Create the triggers of one table; for migrations that add it later."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(_POSTGRES.format(table=table))
        return
    for verb in ("update", "delete"):
        op.execute(_SQLITE.format(table=table, verb=verb, VERB=verb.upper()))


def unprotect_table(op: Operations, table: str) -> None:
    """Drop the triggers of one table."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER {table}_no_{verb}")
