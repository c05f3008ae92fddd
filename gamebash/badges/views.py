"""Routes of badges and of a player's page."""

from flask import Blueprint, render_template

from gamebash.badges.queries import badges_page, player_page
from gamebash.core import clock
from gamebash.core.htmx import Reply
from gamebash.people.identity import signed_in_person
from gamebash.people.player_keys import get_by_key
from gamebash.policy import Permission, requires

blueprint = Blueprint("badges", __name__)


@blueprint.get("/badges")
@requires(Permission.READ)
def list_badges() -> Reply:
    """Show the badges and what each takes."""
    return render_template("badges/list.html", page=badges_page(signed_in_person()))


@blueprint.get("/players/<key>")
@requires(Permission.READ)
def player(key: str) -> Reply:
    """Show a player as others see them."""
    viewer = signed_in_person()
    return render_template("badges/player.html", page=player_page(get_by_key(key, viewer), viewer, now=clock.now()))
