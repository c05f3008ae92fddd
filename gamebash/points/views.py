"""Routes of points."""

from flask import Blueprint

blueprint = Blueprint("points", __name__)
