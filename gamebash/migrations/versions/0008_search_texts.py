"""Index the texts of incidents, problems and stories for full-text search, kept by the databases."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXTS = {
    "incidents": ("title", "external_id", "description"),
    "problems": ("title", "key", "symptom"),
    "stories": ("title", "why", "description", "acceptance_criteria"),
}
PUNCTUATION = r"[\x01-/:-@\[-`{-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u2000-\u206f\u3000-\u303f]+"


def upgrade() -> None:
    """Apply the change."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, columns in TEXTS.items():
        for statement in (_sqlite if is_sqlite else _postgresql)(table, columns):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Take the change back."""
    for table in TEXTS:
        if op.get_bind().dialect.name == "sqlite":
            for moment in ("added", "removed", "changed"):
                op.execute(f"DROP TRIGGER words_of_{table}_{moment}")
            op.execute(f"DROP TABLE words_of_{table}")
        else:
            op.execute(f"ALTER TABLE {table} DROP COLUMN words")


def _sqlite(table: str, columns: tuple[str, ...]) -> list[str]:
    index, names = f"words_of_{table}", ", ".join(columns)
    new = ", ".join(f"new.{column}" for column in columns)
    old = ", ".join(f"old.{column}" for column in columns)
    changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in columns)
    add = f"INSERT INTO {index} (rowid, {names}) VALUES (new.id, {new});"
    remove = f"INSERT INTO {index} ({index}, rowid, {names}) VALUES ('delete', old.id, {old});"
    return [
        f"CREATE VIRTUAL TABLE {index} USING fts5({names}, content='{table}', content_rowid='id',"
        " tokenize='unicode61 remove_diacritics 0', columnsize=0)",
        f"INSERT INTO {index} ({index}) VALUES ('rebuild')",
        f"CREATE TRIGGER {index}_added AFTER INSERT ON {table} BEGIN {add} END",
        f"CREATE TRIGGER {index}_removed AFTER DELETE ON {table} BEGIN {remove} END",
        f"CREATE TRIGGER {index}_changed AFTER UPDATE OF {names} ON {table} WHEN {changed}"
        f" BEGIN {remove} {add} END",
    ]


def _postgresql(table: str, columns: tuple[str, ...]) -> list[str]:
    text = " || ' ' || ".join(f"left({column}, 20000)" for column in columns)
    # Without punctuation the parser sees words and no host names, paths or versions. Character classes and lower() would
    # depend on the database's locale, and in "C" know no letters beyond ASCII; hence ranges and a collation of our own.
    words = f"to_tsvector('simple', lower(regexp_replace({text}, '{PUNCTUATION}', ' ', 'g') COLLATE \"und-x-icu\"))"
    return [
        f"ALTER TABLE {table} ADD COLUMN words tsvector GENERATED ALWAYS AS ({words}) STORED",
        f"CREATE INDEX words_of_{table} ON {table} USING gin (words)",
    ]
