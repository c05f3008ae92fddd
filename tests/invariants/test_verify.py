"""Tampering is refused by the database; where it was possible all the same, verify names the entry."""

import pytest
import sqlalchemy as sa

from gamebash.core.append_only import APPEND_ONLY
from gamebash.core.db import db
from gamebash.events.models import EventStory
from gamebash.play.claims import claim_story
from gamebash.play.fixes import submit_fix
from gamebash.play.reviews import accept_fix
from gamebash.points.ledger import award_points
from gamebash.points.models import PointEntry, Standing
from gamebash.verify import verify
from tests.factories import NOW, make_event, make_person, make_player, make_story
from tests.play.test_game import draft


@pytest.fixture
def played(work):
    """An event with a squashed story and an award."""
    with work():
        event = make_event(stories=[make_story(), make_story()], went_live_at=NOW)
        mara, sam = make_player(event, make_person("Mara Lindqvist")), make_player(event, make_person("Sam Okafor"))
        entry = db.session.scalars(sa.select(EventStory).order_by(EventStory.rank)).first()
        fix = submit_fix(claim_story(entry, by=mara, now=NOW), draft(), by=mara, now=NOW)
        accept_fix(fix, by=sam, now=NOW)
        award_points(sam, 2, reason="Helped everybody.", by=make_person("Aisha Bello", "organiser"), now=NOW)
    return event


def drop_triggers():
    if db.engine.dialect.name == "sqlite":
        names = sa.text("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
    else:
        names = sa.text("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
    on = "" if db.engine.dialect.name == "sqlite" else " ON {}"
    for name, table in db.session.execute(names).all():
        if table in APPEND_ONLY:
            db.session.execute(sa.text(f"DROP TRIGGER {name}{on.format(table)}"))


def findings():
    return [(one.invariant, one.what) for one in verify()]


def test_an_honest_game_verifies_clean(played):
    assert findings() == []


@pytest.mark.parametrize("statement", ["UPDATE point_entries SET points = 99", "DELETE FROM point_entries"])
def test_the_database_refuses_to_change_the_ledger(played, statement):
    with pytest.raises(sa.exc.DatabaseError, match="append-only"):
        db.session.execute(sa.text(statement))
    db.session.rollback()
    assert findings() == []


def test_an_altered_entry_is_named(played):
    drop_triggers()
    db.session.execute(sa.text("UPDATE point_entries SET points = 50 WHERE seq = 2"))
    found = dict(reversed(findings()))
    assert "entry 2 of" in found[2]
    assert "was altered" in found[2]
    assert "append-only is gone" in found[9]


def test_a_missing_entry_is_named(played):
    drop_triggers()
    db.session.execute(sa.text("DELETE FROM point_entries WHERE seq = 2"))
    assert (2, f"entry 2 of {played.slug} is missing; the next one there is 3") in findings()


def test_a_cut_off_end_is_named(played):
    drop_triggers()
    last = db.session.scalar(sa.select(sa.func.max(PointEntry.seq)))
    db.session.execute(sa.text("DELETE FROM point_entries WHERE seq = :last"), {"last": last})
    assert any("entries are missing at the end" in what for _, what in findings())


def test_a_wrong_standing_is_named(played):
    with db.session.no_autoflush:
        standing = db.session.scalars(sa.select(Standing).order_by(Standing.player_id)).first()
        standing.points += 1
        db.session.flush()
    assert [number for number, _ in findings()] == [2]


def test_a_claim_without_its_story_is_named(played):
    db.session.execute(sa.text("UPDATE stories SET state = 'claimed' WHERE state = 'scheduled'"))
    assert [number for number, _ in findings()] == [10]
