"""A dump goes into either engine and verifies there; a damaged or foreign one is refused whole."""

import gzip
import shutil

import pytest
import sqlalchemy as sa

from gamebash.backup import BackupError, copy_sqlite, dump, restore
from gamebash.core import clock
from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.points.models import PointEntry
from gamebash.verify import verify
from tests import conftest


def counts():
    return {
        table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table))
        for table in db.metadata.sorted_tables
    }


@pytest.fixture(scope="module")
def filled(demo_database, tmp_path_factory):
    """A dump of the demo and what was in it."""
    folder = tmp_path_factory.mktemp("filled")
    shutil.copyfile(demo_database, folder / "demo.sqlite3")
    app = conftest.make_app(f"sqlite:///{folder}/demo.sqlite3", GAMEBASH_DATA=str(folder))
    with app.app_context():
        dump(folder / "demo.jsonl.gz")
        copy_sqlite(folder / "copy.sqlite3")
        return folder, counts()


@pytest.mark.slow
def test_the_demo_comes_back_whole_on_either_engine(context, filled):
    folder, before = filled
    restore(folder / "demo.jsonl.gz")
    assert counts() == before
    assert verify() == []
    db.session.add(Person(handle="new", name="New", email="new@example.org", created_at=clock.now()))
    db.session.flush()


def test_it_goes_back_again_the_same(context, filled, tmp_path):
    folder, _ = filled
    restore(folder / "demo.jsonl.gz")
    dump(tmp_path / "again.jsonl.gz")
    first, again = (
        gzip.decompress(path.read_bytes()).splitlines()
        for path in (folder / "demo.jsonl.gz", tmp_path / "again.jsonl.gz")
    )
    assert sorted(first) == sorted(again)


def test_an_online_copy_of_sqlite_is_a_database(filled):
    folder, before = filled
    app = conftest.make_app(f"sqlite:///{folder}/copy.sqlite3")
    with app.app_context():
        assert counts() == before


def test_a_full_database_is_not_restored_into(context, filled):
    folder, _ = filled
    restore(folder / "demo.jsonl.gz")
    with pytest.raises(BackupError, match="already holds"):
        restore(folder / "demo.jsonl.gz")


def test_a_file_that_is_no_dump_is_refused(context, tmp_path):
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(gzip.compress(b"hello\n"))
    with pytest.raises(BackupError, match="no gamebash dump"):
        restore(path)
    path.write_bytes(b"not even gzip")
    with pytest.raises(BackupError, match="damaged"):
        restore(path)


def test_a_damaged_dump_leaves_nothing_behind(context, filled, tmp_path):
    folder, _ = filled
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes((folder / "demo.jsonl.gz").read_bytes()[:-2000])
    with pytest.raises(BackupError, match="damaged"):
        restore(path)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PointEntry)) == 0
