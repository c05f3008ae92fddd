"""Routes of the end of an event."""

from flask import Blueprint, render_template, url_for

from gamebash.ceremony import closing
from gamebash.ceremony.forms import ReasonForm
from gamebash.ceremony.queries.results import results_page
from gamebash.core import clock
from gamebash.core.htmx import Answer, Reply
from gamebash.events.queries.found import get_event
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, requires

blueprint = Blueprint("ceremony", __name__)


@blueprint.post("/events/<slug>/judge")
@requires(Permission.ORGANISE_EVENTS)
def judge_event(slug: str) -> Reply:
    """Begin judging."""
    closing.judge_event(get_event(slug), by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("ceremony.judging", slug=slug), message="Judging has begun.")


@blueprint.post("/events/<slug>/close")
@requires(Permission.ORGANISE_EVENTS)
def close_event(slug: str) -> Reply:
    """Close for good."""
    closing.close_event(get_event(slug), by=signed_in_person(), now=clock.now(), reason=ReasonForm().reason.data or "")
    return Answer(to=url_for("ceremony.show", slug=slug))


@blueprint.post("/events/<slug>/cancel")
@requires(Permission.ORGANISE_EVENTS)
def cancel_event(slug: str) -> Reply:
    """Cancel, with a reason."""
    closing.cancel_event(get_event(slug), reason=ReasonForm().reason.data or "", by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("play.board", slug=slug), message="Cancelled. Its stories are ready for the next event.")


@blueprint.get("/events/<slug>/results")
@requires(Permission.READ)
def results(slug: str) -> Reply:
    """Show the results."""
    return render_template("ceremony/results.html", page=results_page(get_event(slug), now=clock.now()))
