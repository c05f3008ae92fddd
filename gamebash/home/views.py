"""Routes of the start: My day."""

from flask import Blueprint, render_template

from gamebash.core import clock
from gamebash.core.htmx import Reply
from gamebash.home.queries import my_day_page
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, requires

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@requires(Permission.READ)
def my_day() -> Reply:
    """Show what is mine and what is worth taking next."""
    return render_template("home/my_day.html", page=my_day_page(signed_in_person(), now=clock.now()))
