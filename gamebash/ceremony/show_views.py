"""Routes of the ceremony: the show itself, and the keys of the organiser who runs it."""

from flask import render_template, request, url_for

from gamebash.ceremony import ceremonies
from gamebash.ceremony.award_views import blueprint as blueprint
from gamebash.ceremony.forms import StepForm
from gamebash.ceremony.live_show import CEREMONY
from gamebash.ceremony.queries.show import ceremony_page
from gamebash.core import clock
from gamebash.core.audit import topic_of
from gamebash.core.errors import InvalidError
from gamebash.core.htmx import Answer, Reply
from gamebash.core.live.answers import answer
from gamebash.core.live.hub import Wish
from gamebash.events.queries.found import event_id_of, get_event
from gamebash.people.identity import glance, signed_in_person, watching_pass
from gamebash.policy import Permission, at_a_glance, is_allowed, requires


@blueprint.get("/events/<slug>/ceremony")
@requires(Permission.READ)
def show(slug: str) -> Reply:
    """Show the ceremony."""
    is_organiser = is_allowed(signed_in_person().roles, Permission.ORGANISE_EVENTS)
    again = request.args.get("again") == "1"
    page = ceremony_page(get_event(slug), is_organiser=is_organiser, now=clock.now(), again=again)
    return render_template("ceremony/show.html", page=page)


@blueprint.get("/events/<slug>/ceremony/live")
@at_a_glance
@requires(Permission.READ)
def watch_ceremony(slug: str) -> Reply:
    """Keep whoever follows at the step of the hall."""
    return answer(Wish(CEREMONY, topic_of(event_id_of(slug)), glance()), watching_pass(Permission.READ))


@blueprint.post("/events/<slug>/ceremony")
@requires(Permission.ORGANISE_EVENTS)
def move_ceremony(slug: str) -> Reply:
    """Go to a step, for everybody who follows."""
    form = StepForm()
    if not form.validate():
        raise InvalidError("Name a step of the ceremony.")
    ceremonies.move_ceremony(get_event(slug), form.step.data or 0, by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("ceremony.show", slug=slug))


@blueprint.post("/events/<slug>/reveal")
@requires(Permission.ORGANISE_EVENTS)
def reveal_result(slug: str) -> Reply:
    """Let the result out without a ceremony."""
    ceremonies.reveal_result(get_event(slug), by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("ceremony.results", slug=slug), message="The result is out.")
