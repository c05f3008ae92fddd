"""Routes of watches: does it hold, and who confirms what a fixer's side may not decide alone."""

from flask import Blueprint, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.htmx import Answer, Reply, wants_fragment
from gamebash.core.paging import page_number
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, requires
from gamebash.watch import proposals
from gamebash.watch.forms import filter_from
from gamebash.watch.queries.listing import watches_page
from gamebash.watch.queries.proposals import proposals_page

blueprint = Blueprint("watch", __name__)


@blueprint.get("/watches")
@requires(Permission.READ)
def list_watches() -> Reply:
    """List watched fixes: which stayed away, which came back."""
    page = watches_page(filter_from(request.args), signed_in_person(), now=clock.now())
    return render_template("watch/_watches.html" if wants_fragment() else "watch/watches.html", page=page)


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
