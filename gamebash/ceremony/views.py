"""Routes of ceremony."""

from flask import Blueprint

blueprint = Blueprint("ceremony", __name__)
