"""Routes of the incentive audit and of flags."""

from flask import Blueprint, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.htmx import Answer, Reply
from gamebash.events.queries.found import get_event
from gamebash.incentives import flagging
from gamebash.incentives.audits import request_audit
from gamebash.incentives.queries.flags import flags_page
from gamebash.incentives.queries.page import audit_page
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, requires

blueprint = Blueprint("incentives", __name__)


@blueprint.get("/events/<slug>/audit")
@requires(Permission.READ)
def audit(slug: str) -> Reply:
    """Show what each strategy would be paid, and what it would prevent."""
    return render_template("incentives/audit.html", page=audit_page(get_event(slug), now=clock.now()))


@blueprint.post("/events/<slug>/audit")
@requires(Permission.ORGANISE_EVENTS)
def run_audit(slug: str) -> Reply:
    """Ask for an audit."""
    request_audit(get_event(slug), by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("incentives.audit", slug=slug), message="A worker plays the rules now. It takes a minute.")


@blueprint.get("/events/<slug>/flags")
@requires(Permission.ORGANISE_EVENTS)
def flags(slug: str) -> Reply:
    """Show what is worth a look."""
    return render_template("incentives/flags.html", page=flags_page(get_event(slug), now=clock.now()))


@blueprint.get("/events/<slug>/flags/waiting")
@requires(Permission.ORGANISE_EVENTS)
def count_flags(slug: str) -> Reply:
    """Show the link to the flags with how many wait for a look, for the cockpit."""
    return render_template("incentives/_waiting.html", page=flags_page(get_event(slug), now=clock.now()))


@blueprint.post("/events/<slug>/flags")
@requires(Permission.ORGANISE_EVENTS)
def dismiss_flag(slug: str) -> Reply:
    """Say that a flag was looked at, and why it is well."""
    key, reason = request.form.get("flag", ""), request.form.get("reason", "")
    flagging.dismiss_flag(get_event(slug), key, reason=reason, by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("incentives.flags", slug=slug), message="Kept, with your reason.")
