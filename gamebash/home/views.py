"""Routes of the start: My day."""

from flask import Blueprint, render_template

from gamebash.core import clock
from gamebash.core.audit import topic_of
from gamebash.core.htmx import Reply
from gamebash.core.live.answers import answer
from gamebash.core.live.hub import Wish
from gamebash.events.queries.found import event_id_of
from gamebash.home.queries import my_day_page
from gamebash.home.shows import DAY
from gamebash.people.identity import glance, signed_in_person, watching_pass
from gamebash.policy import Permission, at_a_glance, requires

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@requires(Permission.READ)
def my_day() -> Reply:
    """Show what is mine and what is worth taking next."""
    return render_template("home/my_day.html", page=my_day_page(signed_in_person(), now=clock.now()))


@blueprint.get("/events/<slug>/day/live")
@at_a_glance
@requires(Permission.READ)
def watch_day(slug: str) -> Reply:
    """Keep an open day up to date while an event runs."""
    return answer(Wish(DAY, topic_of(event_id_of(slug)), glance()), watching_pass(Permission.READ))
