"""How Alembic reaches the application's database."""

from alembic import context
from flask import current_app

from gamebash.models import metadata


def run() -> None:
    """Run the migrations in one transaction on the app's own engine."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, render_as_batch=False, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
