"""The rotation log is one chain: what was altered, taken out or put in is named."""

import pytest
import sqlalchemy as sa
from alembic.command import downgrade, upgrade
from alembic.script import ScriptDirectory

from gamebash.core.append_only import APPEND_ONLY
from gamebash.core.db import MIGRATIONS, db
from gamebash.rotation import chain
from gamebash.rotation.approvals import approve_move
from gamebash.rotation.consents import agree_to_move
from gamebash.rotation.models import LogHead
from tests.rotation.making import Log, a_manager, a_person, some_teams


@pytest.fixture
def written(context, now):
    """A log of two moves, an approval and a consent: links 1 to 4."""
    log = Log(a_person("Lena Vogt", now), some_teams(now), a_manager(now), now)
    log.move(None, "WHS", "2026-01-05")
    move = log.move("WHS", "OPS", "2026-12-07")
    approve_move(move, by=log.by, now=now)
    agree_to_move(move, by=log.person, now=now)
    db.session.flush()
    return log


def drop_triggers():
    if db.engine.dialect.name == "sqlite":
        names = sa.text("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
    else:
        names = sa.text("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
    on = "" if db.engine.dialect.name == "sqlite" else " ON {}"
    for name, table in db.session.execute(names).all():
        if table in APPEND_ONLY:
            db.session.execute(sa.text(f"DROP TRIGGER {name}{on.format(table)}"))


def test_an_honest_log_is_whole(written):
    assert list(chain.breaks()) == []


def test_a_name_is_not_in_the_chain(written):
    written.person.name = "Former Player"
    db.session.flush()
    assert list(chain.breaks()) == []


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE moves SET effective_on = '2026-01-06' WHERE number = 1", "move 1 (link 1) was altered"),
        ("UPDATE moves SET reason = 'x' WHERE number = 2", "move 2 (link 2) was altered"),
        ("UPDATE move_approvals SET for_giving = NOT for_giving", "the approval to move 2 (link 3) was altered"),
        ("UPDATE move_consents SET kind = 'word'", "the answer to move 2 (link 4) was altered"),
        ("DELETE FROM move_approvals", "link 3 of the rotation log is missing; the next one there is 4"),
        ("DELETE FROM move_consents", "the rotation log ends at link 3, its head says 4: links are missing at the end"),
        (
            "UPDATE moves SET previous_hash = hash WHERE number = 2",
            "move 2 (link 2) does not follow the link before it",
        ),
    ],
)
def test_what_was_tampered_with_is_named(written, statement, what):
    drop_triggers()
    db.session.execute(sa.text(statement))
    db.session.expire_all()
    assert list(chain.breaks()) == [what]


def test_what_was_logged_before_there_was_a_chain_is_chained_by_the_migration(app, context, work, now):
    with work():
        log = Log(a_person("Lena Vogt", now), some_teams(now), a_manager(now), now)
        approve_move(log.move(None, "WHS", "2026-01-05"), by=log.by, now=now)
        log.move("WHS", "OPS", "2026-09-28")
    db.session.remove()
    config = app.extensions["migrate"].migrate.get_config(str(MIGRATIONS))
    newest_first = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    downgrade(config, next(one.down_revision for one in newest_first if one.doc.startswith("Chain the rotation log")))
    upgrade(config, "head")
    assert list(chain.breaks()) == []
    assert db.session.get(LogHead, chain.HEAD).seq == 3
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session.execute(sa.text("UPDATE moves SET reason = 'x'"))
