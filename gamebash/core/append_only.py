"""Tables whose rows are never changed or deleted: the database itself refuses it, by trigger."""

import sqlalchemy as sa
from alembic.operations import Operations

FIRST = ("point_entries", "moves", "move_approvals", "audit_entries")
APPEND_ONLY = (*FIRST, "event_results", "move_consents", "redactions", "handover_sign_offs", "teach_entries",
               "teach_confirmations", "hypercare_decisions", "model_switches")  # fmt: skip
# Texts in which somebody who left may be named; an open erasure may change them, and nothing else of their tables.
FIRST_TEXTS = {
    "audit_entries": ("subject_key", "detail"),
    "moves": ("reason",),
    "move_consents": ("reason",),
    "point_entries": ("reason",),
}
TEXTS = {**FIRST_TEXTS, "teach_entries": ("what",), "hypercare_decisions": ("reason",), "model_switches": ("reason",)}

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


_IS_ERASING = "EXISTS (SELECT 1 FROM erasures WHERE finished_at IS NULL)"

_SQLITE_UNLESS_ERASING = f"""
CREATE TRIGGER {{table}}_no_update BEFORE UPDATE ON {{table}} WHEN NOT {_IS_ERASING}
BEGIN SELECT RAISE(ABORT, '{{table}} is append-only'); END
"""

_SQLITE_REWRITE = """
CREATE TRIGGER {table}_no_rewrite BEFORE UPDATE OF {columns} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""

_POSTGRES_UNLESS_ERASING = f"""
CREATE FUNCTION refuse_change_unless_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND {_IS_ERASING} THEN RETURN NULL; END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

_POSTGRES_REWRITE = """
CREATE TRIGGER {table}_no_rewrite BEFORE UPDATE OF {columns} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def let_erasures_in(op: Operations) -> None:
    """Let an open erasure change the texts of the first such tables; every other column stays as it is whatever is open."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(_POSTGRES_UNLESS_ERASING)
    for table in FIRST_TEXTS:
        unprotect_table(op, table)
        protect_table_with_texts(op, table)


def keep_erasures_out(op: Operations) -> None:
    """Protect every column of the first such tables again, erasure or not."""
    for table in FIRST_TEXTS:
        unprotect_table_with_texts(op, table)
        protect_table(op, table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_change_unless_erasing()")


def protect_table_with_texts(op: Operations, table: str) -> None:
    """Create the triggers of a table of whose texts an open erasure may change; for migrations that add one later too."""
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
    fixed = ", ".join(column for column in columns if column not in TEXTS[table])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_SQLITE_UNLESS_ERASING.format(table=table))
        op.execute(_SQLITE.format(table=table, verb="delete", VERB="DELETE"))
        op.execute(_SQLITE_REWRITE.format(table=table, columns=fixed))
        return
    op.execute(_POSTGRES.format(table=table).replace("refuse_change()", "refuse_change_unless_erasing()"))
    op.execute(_POSTGRES_REWRITE.format(table=table, columns=fixed))


def unprotect_table_with_texts(op: Operations, table: str) -> None:
    """Drop the triggers of such a table."""
    op.execute(f"DROP TRIGGER {table}_no_rewrite" + ("" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"))
    unprotect_table(op, table)
