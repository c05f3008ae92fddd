"""Routes of stories."""

from flask import Blueprint

blueprint = Blueprint("stories", __name__)
