"""The command line: ``python -m gamebash <command>``."""

import signal
import sys
import threading
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import FlaskGroup, with_appcontext

from gamebash import backup as backups
from gamebash import serve as server
from gamebash import verify as verification
from gamebash import worker as workers
from gamebash.chores import CHORES
from gamebash.commands import import_file, import_large, regroup_source, replay_event, sync_sources
from gamebash.core import clock, db, logs
from gamebash.core.config import MisconfiguredError
from gamebash.core.errors import DomainError
from gamebash.factory import create_app
from gamebash.incentives.command import audit_event
from gamebash.people.links import make_link
from gamebash.people.models import LinkPurpose
from gamebash.people.persons import add_person
from gamebash.policy import Role
from gamebash.pull_export import print_backtest, pull_export
from seeds import build as demo


@click.group(cls=FlaskGroup, create_app=create_app, add_default_commands=False, add_version_option=False)
def gamebash() -> None:
    """Run and look after a gamebash installation."""


def main() -> None:
    """Run a command; a refusal is one sentence, not a trace."""
    logs.configure()
    try:
        gamebash(prog_name="gamebash")
    except (DomainError, MisconfiguredError, server.PortTakenError) as error:
        click.echo(f"gamebash: {error}", err=True)
        sys.exit(1)


gamebash.add_command(import_file)
gamebash.add_command(regroup_source)
gamebash.add_command(sync_sources)
gamebash.add_command(replay_event)
gamebash.add_command(pull_export)
gamebash.add_command(print_backtest)
gamebash.add_command(audit_event)


@gamebash.command()
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest schema."""
    db.migrate(current_app)


@gamebash.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, envvar="PORT", show_default=True)
@click.option("--processes", default=1, envvar="WEB_CONCURRENCY", show_default=True)
def serve(host: str, port: int, processes: int) -> None:
    """Serve the pages, with a worker beside them, until stopped."""

    def ready() -> None:
        click.echo(f"gamebash is at http://{host}:{port}")

    server.serve(create_app, host=host, port=port, processes=processes, ready=ready)


@gamebash.command()
@with_appcontext
def worker() -> None:
    """Work off imports and what else is due, until stopped."""
    stop = threading.Event()

    def finish(*_: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, finish)
    signal.signal(signal.SIGINT, finish)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  (Flask's documented way)
    workers.run(app, CHORES, stop)


@gamebash.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Back up into FILE: *.sqlite3 for an online copy of SQLite, *.jsonl.gz for a dump that either engine restores."""
    if file.suffix == ".sqlite3":
        backups.copy_sqlite(file)
        click.echo(f"Copied into {file}.")
        return
    click.echo(f"Wrote {backups.dump(file):,} rows into {file}.")


@gamebash.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def restore(file: Path) -> None:
    """Restore a *.jsonl.gz dump into an empty database; all of it or nothing."""
    db.migrate(current_app)
    click.echo(f"Restored {backups.restore(file):,} rows. Check them with: gamebash verify")


@gamebash.command()
@with_appcontext
def verify() -> None:
    """Check the ten invariants over all data; exit 1 and name what is wrong if one does not hold."""
    findings = verification.verify()
    for finding in findings:
        click.echo(f"invariant {finding.invariant}: {finding.what}")
    if findings:
        sys.exit(1)
    click.echo("All ten invariants hold.")


@gamebash.command()
@with_appcontext
def recount() -> None:
    """Show every standing that differs from a recount of the ledger."""
    differences = list(verification.recount())
    for difference in differences:
        click.echo(difference)
    click.echo(f"{len(differences)} differences." if differences else "Every standing is what the ledger gives.")


@gamebash.group()
def user() -> None:
    """Look after people."""


@user.command("create")
@click.argument("email")
@click.option("--name", prompt=True)
@click.option("--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]))
@with_appcontext
def create_user(email: str, name: str, roles: tuple[str, ...]) -> None:
    """Add a person and print the one-time link that lets them in."""
    with db.unit_of_work():
        person = add_person(name, email, [Role(role) for role in roles], by=None, now=clock.now())
        token = make_link(person, LinkPurpose.INVITATION, by=None, now=clock.now())
    base = current_app.config["GAMEBASH_URL"] or "http://127.0.0.1:8000"
    click.echo(f"{name} can set a password within a week, once, at {base}/links/{token}")


@gamebash.command()
@click.option("--if-empty", is_flag=True, help="Do nothing where there is anybody already.")
@click.option("--large", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Take in a large log too.")
@with_appcontext
def seed(*, if_empty: bool, large: Path | None) -> None:
    """Build the demo organisation; a second time it changes nothing."""
    if demo.is_built() or (if_empty and not demo.is_empty()):
        click.echo("The demo is here already; nothing to do.")
    elif not demo.is_empty():
        raise DomainError("There are people here already. The demo goes into an empty database only.")
    else:
        demo.build(now=clock.now())
        click.echo("The demo organisation is built.")
    if large is not None:
        import_large(large)


@gamebash.command("demo")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, envvar="PORT", show_default=True)
def run_demo(host: str, port: int) -> None:
    """Migrate, build the demo where nobody is yet, and serve; what make run does."""
    server.check_free(host, port)
    app = create_app()
    db.migrate(app)
    with app.app_context():
        if demo.is_empty():
            click.echo("Building the demo organisation ...")
            demo.build(now=clock.now())
        shown = demo.accounts() if demo.is_built() else []

    def ready() -> None:
        click.echo(f"gamebash is at http://{host}:{port}")
        for role, email, password in shown:
            click.echo(f"  {role:<10} {email:<32} {password}")

    server.serve(create_app, host=host, port=port, processes=1, ready=ready)
