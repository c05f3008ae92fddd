"""Routes of backlog."""

from flask import Blueprint

blueprint = Blueprint("backlog", __name__)
