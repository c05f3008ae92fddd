"""Routes of rescoring."""

from flask import Blueprint, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.htmx import Answer, Reply
from gamebash.events.queries.found import get_event
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, requires
from gamebash.rescoring.forms import RescoreForm
from gamebash.rescoring.queries.page import rescore_page
from gamebash.rescoring.rescores import apply_rescore

blueprint = Blueprint("rescoring", __name__)


@blueprint.get("/events/<slug>/rescore")
@requires(Permission.CORRECT_POINTS)
def rescore(slug: str) -> Reply:
    """Choose fixes, and see what rescoring them would do; the address holds the choice."""
    form = RescoreForm(request.args, meta={"csrf": False})
    page = rescore_page(get_event(slug), form.to_choice() if "deed" in request.args else None, now=clock.now())
    return render_template("rescoring/rescore.html", page=page, form=form.offer(page.players))


@blueprint.post("/events/<slug>/rescore")
@requires(Permission.CORRECT_POINTS)
def apply(slug: str) -> Reply:
    """Apply a rescore as it was looked at."""
    form = RescoreForm()
    made = apply_rescore(
        get_event(slug), form.to_choice(), seen_seq=form.seen_seq, by=signed_in_person(), now=clock.now()
    )
    return Answer(to=url_for("rescoring.rescore", slug=slug), message=f"{made.reference}: {made.entries} corrections.")
