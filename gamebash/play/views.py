"""Routes of play."""

from flask import Blueprint

blueprint = Blueprint("play", __name__)
