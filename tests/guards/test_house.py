"""The house keeps its rules: sizes, one place that commits, no imports inside functions, layers, a policy for everything."""

import ast
import re
import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade, upgrade
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from gamebash.core.db import MIGRATIONS, db
from gamebash.core.lifecycles import next_state
from gamebash.core.search import is_modelled
from gamebash.events import lifecycle as events
from gamebash.models import metadata
from gamebash.policy import TABLE, Audience, Permission, permission_of
from gamebash.stories import lifecycle as stories
from tools import sizes


def test_no_module_function_or_template_grows_too_large():
    long_modules = {str(path): text.count("\n") for path, text in sizes.modules().items() if text.count("\n") > 400}
    long_functions = {
        f"{path}:{name}": lines
        for path, text in sizes.modules().items()
        for name, lines, _ in sizes.functions(text)
        if lines > 50
    }
    long_templates = {str(path): lines for path, lines in sizes.templates().items() if lines > 200}
    assert (long_modules, long_functions, long_templates) == ({}, {}, {})


def test_only_one_place_commits():
    places = [str(path) for path, text in sizes.modules().items() if re.search(r"session\.commit\(", text)]
    assert [place.rpartition("/")[2] for place in places] == ["db.py"]


def test_nothing_is_imported_inside_a_function():
    found = [
        f"{path.name}:{node.name}"
        for path, text in sizes.modules().items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and any(isinstance(inner, (ast.Import, ast.ImportFrom)) for inner in ast.walk(node))
    ]
    assert found == []


def test_the_layers_hold():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=sizes.ROOT)
    assert "0 broken" in done.stdout, done.stdout[-2000:]


@pytest.mark.parametrize("table", [stories.TRANSITIONS, events.TRANSITIONS])
def test_every_state_is_in_its_table_and_can_be_reached(table):
    states = type(next(iter(table)))
    assert set(table) == set(states)
    reached = {next(iter(states))} | {target for verbs in table.values() for target in verbs.values()}
    assert reached == set(states)
    for state, verbs in table.items():
        for verb, target in verbs.items():
            assert next_state(table, state, verb, "it") is target


def test_every_endpoint_names_a_permission_and_every_permission_is_used(app):
    named = {endpoint: permission_of(view) for endpoint, view in app.view_functions.items() if endpoint != "static"}
    assert [endpoint for endpoint, permission in named.items() if permission is None] == []
    assert set(Permission) - set(named.values()) == set()
    assert set(TABLE) == set(Permission)


def test_a_visitor_gets_no_page_but_the_front_door(app, client):
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or "GET" not in rule.methods or rule.arguments:
            continue
        is_open = TABLE[permission_of(app.view_functions[rule.endpoint])] is Audience.ANYONE
        response = client.get(rule.rule)
        # What a page asks for by itself is refused by the status alone, so that the page stays with what is typed on it.
        is_refused = response.status_code == 401 or response.headers.get("Location", "").startswith("/sign-in")
        assert is_open or is_refused, rule.rule


def test_the_policy_for_changes_holds_for_every_address(app, client):
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or TABLE[permission_of(app.view_functions[rule.endpoint])] is Audience.ANYONE:
            continue
        address = re.sub(r"<(?:[a-z]+:)?[a-z_]+>", "1", rule.rule)
        assert client.post(address).headers.get("Location", "").startswith("/sign-in"), rule.rule


def test_there_is_one_newest_migration():
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


def test_the_migrations_make_what_the_models_say(app):
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_modelled})
        assert compare_metadata(context, metadata) == []


def test_the_schema_goes_down_and_up_again(app):
    with app.app_context():
        config = app.extensions["migrate"].migrate.get_config(str(MIGRATIONS))
        downgrade(config, "base")
        assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade(config, "head")
        assert "point_entries" in sa.inspect(db.engine).get_table_names()


def test_what_the_readme_names_exists():
    text = (sizes.ROOT / "README.md").read_text()
    linked = re.findall(r"\]\(([^)#:]+)\)", text)
    assert [name for name in linked if not (sizes.ROOT / name).exists()] == []
