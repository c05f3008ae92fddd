"""Fixtures: an application on a fresh database, on SQLite and on PostgreSQL, migrated like a real one."""

import shutil
from datetime import UTC, datetime

import pytest
from hypothesis import settings

from gamebash.core import clock
from gamebash.core.db import db, migrate, unit_of_work, write_intent
from gamebash.core.live.answers import hub_of
from gamebash.factory import Gamebash, create_app
from gamebash.points import boards, seasons
from seeds import build
from tests.support import postgres, quick
from tests.support.client import PageClient
from tests.support.once import Once

DATABASES = ("sqlite", "postgresql")
NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
# How long an example takes says something of the machine, not of what is tested.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
quick.remember(Gamebash)
quick.collect_rarely()


def pytest_addoption(parser):
    parser.addoption("--databases", default=",".join(DATABASES), help="which databases to test on, with commas")


def pytest_generate_tests(metafunc):
    if "database" in metafunc.fixturenames:
        names = metafunc.config.getoption("--databases").split(",")
        metafunc.parametrize("database", names, indirect=True)


def _migrate(uri):
    app = make_app(uri)
    migrate(app)
    with app.app_context():
        # Closing the last connection also brings SQLite's write-ahead log into the file that is copied.
        db.engine.dispose()


@pytest.fixture(scope="session")
def postgres_server():
    with postgres.server() as address:
        yield address


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """What is made once for all processes of a run: ``once("name", make)``."""
    return Once(tmp_path_factory)


@pytest.fixture(scope="session")
def sqlite_template(once):
    return once("template", _make_template)


def _make_template(folder):
    path = folder / "template.sqlite3"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def demo_database(once, sqlite_template):
    """The path of a database with the demo organisation, to be copied."""
    return once("demo", lambda folder: _make_demo(sqlite_template, folder / "demo.sqlite3"))


def _make_demo(template, path):
    shutil.copyfile(template, path)
    app = make_app(f"sqlite:///{path}", GAMEBASH_DATA=str(path.parent))
    with app.app_context():
        build.build(now=clock.now())
        db.session.remove()
        db.engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_databases(postgres_server):
    postgres.execute(postgres_server, "CREATE DATABASE template_gamebash")
    _migrate(postgres_server + "template_gamebash")
    return postgres.Reused(postgres_server, "template_gamebash")


@pytest.fixture
def database(request, tmp_path):
    """The address of a fresh, migrated database."""
    if request.param == "sqlite":
        path = tmp_path / "gamebash.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    databases = request.getfixturevalue("postgres_databases")
    yield databases.take()
    databases.give_back()


def make_app(uri, **settings):
    app = create_app({"SQLALCHEMY_DATABASE_URI": uri, "SECRET_KEY": "test", "TESTING": True, **settings})
    app.test_client_class = PageClient
    with app.app_context():
        quick.make_quick(db.engine)
    return app


@pytest.fixture
def app(database, tmp_path):
    app = make_app(database, GAMEBASH_DATA=str(tmp_path), WTF_CSRF_ENABLED=False)
    boards.forget()
    seasons.forget()
    yield app
    hub_of(app).stop()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def context(app):
    """An application context whose transactions may write, as in a request that changes something."""
    with app.app_context(), write_intent():
        yield app
        db.session.rollback()


@pytest.fixture
def work(context):
    """The one place that commits: ``with work(): …``."""
    return unit_of_work


@pytest.fixture
def client(app):
    """A browser without scripts; every page it gets is checked."""
    return app.test_client()


@pytest.fixture
def now():
    return NOW
