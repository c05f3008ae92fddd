"""Routes of rotation."""

from flask import Blueprint

blueprint = Blueprint("rotation", __name__)
