"""The command line: ``python -m gamebash <command>``."""

import click
from flask import current_app
from flask.cli import FlaskGroup, with_appcontext

from gamebash.core import db
from gamebash.factory import create_app


@click.group(cls=FlaskGroup, create_app=create_app, add_default_commands=False, add_version_option=False)
def main() -> None:
    """Run and look after a gamebash installation."""


@main.command()
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest schema."""
    db.migrate(current_app)
