"""Routes of watches: does it hold, and who confirms what a fixer's side may not decide alone."""

from flask import Blueprint, render_template, request, url_for

from gamebash.backlog.second_person import Kept
from gamebash.core import clock
from gamebash.core.htmx import Answer, Reply, wants_fragment
from gamebash.core.paging import page_number
from gamebash.events.queries.found import get_event
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, requires
from gamebash.stories.queries.found import get_story
from gamebash.watch import proposals
from gamebash.watch.deploys import get_accepted_fix
from gamebash.watch.forms import deploy_time, filter_from
from gamebash.watch.queries.effect_page import effect_page
from gamebash.watch.queries.listing import watches_page
from gamebash.watch.queries.proposals import proposals_page
from gamebash.watch.queries.repeats import repeats

blueprint = Blueprint("watch", __name__)


@blueprint.get("/watches")
@requires(Permission.READ)
def list_watches() -> Reply:
    """List watched fixes: which stayed away, which came back."""
    page = watches_page(filter_from(request.args), signed_in_person(), now=clock.now())
    return render_template("watch/_watches.html" if wants_fragment() else "watch/watches.html", page=page)


@blueprint.get("/watches/repeats")
@requires(Permission.READ)
def list_repeats() -> Reply:
    """Show how often problems come back after a fix, by service and by event."""
    return render_template("watch/repeats.html", page=repeats(now=clock.now()))


@blueprint.get("/events/<slug>/effect")
@requires(Permission.READ)
def show_effect(slug: str) -> Reply:
    """Show what an event changed, beside what was to be expected without it."""
    page = effect_page(get_event(slug), signed_in_person(), now=clock.now())
    return render_template("watch/effect.html", page=page)


@blueprint.get("/watches/proposals")
@requires(Permission.READ)
def list_proposals() -> Reply:
    """List decisions that wait for somebody from outside."""
    number = page_number(request.args.get("page"))
    return render_template("watch/proposals.html", page=proposals_page(signed_in_person(), number, now=clock.now()))


@blueprint.post("/watches/proposals/<reference>/confirm")
@requires(Permission.TRIAGE)
def confirm_proposal(reference: str) -> Reply:
    """Confirm a decision, which is made now."""
    found = proposals.confirm_proposal(proposals.get_proposal(reference), by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("watch.list_proposals"), message=f"Confirmed: {found.summary}.")


@blueprint.post("/watches/proposals/<reference>/refuse")
@requires(Permission.TRIAGE)
def refuse_proposal(reference: str) -> Reply:
    """Refuse a decision with a reason."""
    found, reason = proposals.get_proposal(reference), request.form.get("reason", "")
    proposals.refuse_proposal(found, reason=reason, by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("watch.list_proposals"), message="Refused, with your reason. Nothing changed.")


@blueprint.post("/stories/<key>/deploy")
@requires(Permission.PLAY)
def record_deploy(key: str) -> Reply:
    """Record when a fix went out; its watch begins then."""
    fix, at = get_accepted_fix(get_story(key)), deploy_time(request.form.get("deployed_at", ""))
    made = proposals.record_deploy(fix, at, by=signed_in_person(), now=clock.now())
    message = made.summary if isinstance(made, Kept) else "Recorded. The watch begins then."
    return Answer(to=url_for("play.story", key=key), message=message)
