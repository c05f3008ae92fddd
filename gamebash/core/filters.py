"""Jinja filters for dates, durations and numbers."""

from flask import Flask


def register_filters(app: Flask) -> None:
    """Make the filters known to the app's templates."""
