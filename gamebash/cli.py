"""The command line: ``python -m gamebash <command>``."""

import signal
import sys
import threading
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import FlaskGroup, with_appcontext

from gamebash import backup as backups
from gamebash import serve as server
from gamebash import worker as workers
from gamebash.core import db, logs
from gamebash.core.config import MisconfiguredError
from gamebash.core.errors import DomainError
from gamebash.factory import create_app

CHORES: tuple[workers.Chore, ...] = ()


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
    workers.run(current_app._get_current_object(), CHORES, stop)  # noqa: SLF001  (Flask's documented way)


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
