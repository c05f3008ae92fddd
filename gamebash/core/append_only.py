"""Tables whose rows are never changed or deleted: the database itself refuses it, by trigger."""

from alembic.operations import Operations

APPEND_ONLY = ("point_entries", "moves", "move_approvals", "audit_entries")

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
    """Create the triggers; called by migrations."""
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("update", "delete"):
                op.execute(_SQLITE.format(table=table, verb=verb, VERB=verb.upper()))
        return
    op.execute(_POSTGRES_FUNCTION)
    for table in APPEND_ONLY:
        op.execute(_POSTGRES.format(table=table))


def unprotect(op: Operations) -> None:
    """Drop the triggers; only a migration that takes the tables away may do that."""
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{verb}")
        return
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    op.execute("DROP FUNCTION refuse_change()")
