"""Chain the rotation log, and keep consents, managers of teams, limits of tours, swaps and imports of moves."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

from gamebash.core.append_only import protect_table, unprotect_table
from gamebash.core.db import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FIRST_HASH = "0" * 64
LINKED = ("moves", "move_approvals")

moves = sa.table(
    "moves", sa.column("id", sa.Integer), sa.column("number", sa.Integer), sa.column("person_id", sa.Integer),
    sa.column("from_team_id", sa.Integer), sa.column("to_team_id", sa.Integer), sa.column("effective_on", sa.Date),
    sa.column("kind", sa.String), sa.column("reason", sa.String), sa.column("logged_by_id", sa.Integer),
    sa.column("logged_at", UtcDateTime), sa.column("corrects_id", sa.Integer), sa.column("seq", sa.Integer),
    sa.column("previous_hash", sa.String), sa.column("hash", sa.String),
)  # fmt: skip
approvals = sa.table(
    "move_approvals", sa.column("id", sa.Integer), sa.column("move_id", sa.Integer), sa.column("person_id", sa.Integer),
    sa.column("approved_at", UtcDateTime), sa.column("seq", sa.Integer), sa.column("previous_hash", sa.String),
    sa.column("hash", sa.String),
)  # fmt: skip


def upgrade() -> None:
    """Apply the change; what is in the log is chained in the order it was written."""
    _imports()
    for table in LINKED:
        unprotect_table(op, table)
        op.add_column(table, sa.Column("seq", sa.Integer(), nullable=False, server_default="0"))
        op.add_column(table, sa.Column("previous_hash", sa.String(64), nullable=False, server_default=""))
        op.add_column(table, sa.Column("hash", sa.String(64), nullable=False, server_default=""))
    with op.batch_alter_table("moves") as table:
        table.add_column(sa.Column("asks_consent", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("swap", sa.Integer(), nullable=True))
        table.add_column(sa.Column("import_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_moves_import_id"), "move_imports", ["import_id"], ["id"])
    op.create_index("ix_moves_swap", "moves", ["swap"])
    for side in ("for_giving", "for_receiving"):
        op.add_column("move_approvals", sa.Column(side, sa.Boolean(), nullable=False, server_default=sa.true()))
    _head_and_consents()
    _chain()
    for table in LINKED:
        with op.batch_alter_table(table) as batch:
            batch.create_unique_constraint(op.f(f"uq_{table}_seq"), ["seq"])
        protect_table(op, table)
    protect_table(op, "move_consents")
    _teams()


def _imports() -> None:
    op.create_table(
        "move_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_path", sa.String(length=400), nullable=False),
        *(sa.Column(f"rows_{what}", sa.Integer(), nullable=False) for what in ("read", "written", "known", "rejected")),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        *(sa.Column(name, UtcDateTime(), nullable=True) for name in ("started_at", "finished_at", "leased_until")),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('previewed', 'waiting', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_move_imports_move_import_state"),
        ),
        sa.ForeignKeyConstraint(["started_by_id"], ["people.id"], name=op.f("fk_move_imports_started_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move_imports")),
        sa.UniqueConstraint("reference", name=op.f("uq_move_imports_reference")),
    )
    op.create_index("ix_move_imports_state", "move_imports", ["state", "id"])
    op.create_table(
        "move_import_faults",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("excerpt", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["move_imports.id"], name=op.f("fk_move_import_faults_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move_import_faults")),
    )
    op.create_index("ix_move_import_faults_import", "move_import_faults", ["import_id", "line"])


def _head_and_consents() -> None:
    op.create_table(
        "rotation_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("told_seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotation_head")),
    )
    op.create_table(
        "move_consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("move_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("kind IN ('agreed', 'declined', 'word')", name=op.f("ck_move_consents_consent_kind")),
        sa.ForeignKeyConstraint(["move_id"], ["moves.id"], name=op.f("fk_move_consents_move_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_move_consents_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move_consents")),
        sa.UniqueConstraint("seq", name=op.f("uq_move_consents_seq")),
    )
    op.create_index("ix_move_consents_move", "move_consents", ["move_id", "seq"])
    # The log's own lock takes the place of one for each person.
    op.drop_table("rotation_locks")


def _teams() -> None:
    for limit in ("min_weeks", "max_weeks"):
        op.add_column("teams", sa.Column(limit, sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "team_managers",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_team_managers_person_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_managers_team_id")),
        sa.PrimaryKeyConstraint("team_id", "person_id", name=op.f("pk_team_managers")),
    )
    op.create_index(op.f("ix_team_managers_person_id"), "team_managers", ["person_id"])


def _chain() -> None:
    connection = op.get_bind()
    seq, last = 0, FIRST_HASH
    for table, content in ((moves, _move), (approvals, _approval)):
        for row in connection.execute(sa.select(table).order_by(table.c.id)).all():
            seq += 1
            found = hashlib.sha256(json.dumps([*content(row, seq), last], separators=(",", ":")).encode()).hexdigest()
            linked = table.update().where(table.c.id == row.id).values(seq=seq, previous_hash=last, hash=found)
            connection.execute(linked)
            last = found
    if seq:
        head = sa.text("INSERT INTO rotation_head (id, seq, hash, told_seq) VALUES (1, :seq, :hash, 0)")
        connection.execute(head, {"seq": seq, "hash": last})


def _move(row: sa.Row, seq: int) -> list[object]:
    return [
        "move", seq, row.number, row.person_id, row.from_team_id, row.to_team_id, row.effective_on.isoformat(), row.kind,
        row.reason, row.logged_by_id, row.logged_at.isoformat(), row.corrects_id, False, None, None,
    ]  # fmt: skip


def _approval(row: sa.Row, seq: int) -> list[object]:
    return ["approval", seq, row.move_id, row.person_id, True, True, row.approved_at.isoformat()]


def downgrade() -> None:
    """Take the change back; consents, managers, limits and imports are gone with it."""
    op.drop_table("team_managers")
    with op.batch_alter_table("teams") as table:
        table.drop_column("max_weeks")
        table.drop_column("min_weeks")
    unprotect_table(op, "move_consents")
    for table in LINKED:
        unprotect_table(op, table)
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"uq_{table}_seq"), type_="unique")
            for name in ("seq", "previous_hash", "hash"):
                batch.drop_column(name)
    with op.batch_alter_table("move_approvals") as batch:
        batch.drop_column("for_giving")
        batch.drop_column("for_receiving")
    with op.batch_alter_table("moves") as batch:
        batch.drop_index("ix_moves_swap")
        batch.drop_constraint(op.f("fk_moves_import_id"), type_="foreignkey")
        for name in ("import_id", "swap", "asks_consent"):
            batch.drop_column(name)
    for table in LINKED:
        protect_table(op, table)
    for name in ("move_consents", "rotation_head", "move_import_faults", "move_imports"):
        op.drop_table(name)
    op.create_table(
        "rotation_locks",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_rotation_locks_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_rotation_locks")),
    )
