"""Routes of balancing squads; here because it needs past points beside the players of an event."""

from flask import render_template, request, url_for

from gamebash.core import clock
from gamebash.core.htmx import Answer, Reply
from gamebash.events import balancings
from gamebash.events.balancings import Wish
from gamebash.events.queries.found import get_event
from gamebash.people.identity import signed_in_person
from gamebash.points.balance_queries import balance_page
from gamebash.points.forms import BalanceForm
from gamebash.points.strength import strengths_of
from gamebash.points.views import blueprint as blueprint
from gamebash.policy import Permission, requires


@blueprint.get("/events/<slug>/squads/balance")
@requires(Permission.ORGANISE_EVENTS)
def show_balance(slug: str) -> Reply:
    """Show the squads as they would be."""
    form = BalanceForm(request.args, meta={"csrf": False})
    number = form.number.data if form.validate() else 0
    together = request.args.get("together", "1" if "number" not in request.args else "") == "1"
    page = balance_page(get_event(slug), Wish(number or 0, keeps_together=together))
    return render_template("points/balance.html", page=page)


@blueprint.post("/events/<slug>/squads/balance")
@requires(Permission.ORGANISE_EVENTS)
def balance_squads(slug: str) -> Reply:
    """Put everybody into the squads that were shown."""
    event, form = get_event(slug), BalanceForm()
    wish = Wish(form.number.data or 0, keeps_together=bool(form.together.data))
    strengths = {key: value.per_hour for key, value in strengths_of(event).items()}
    seen, by, now = form.seen.data or "", signed_in_person(), clock.now()
    balancings.balance_squads(event, strengths, wish, seen=seen, by=by, now=now)
    return Answer(url_for("events.list_players", slug=slug), message="The squads are balanced. You can take it back.")


@blueprint.post("/events/<slug>/squads/balance/undo")
@requires(Permission.ORGANISE_EVENTS)
def undo_balancing(slug: str) -> Reply:
    """Put everybody back to where they were."""
    balancings.undo_balancing(get_event(slug), by=signed_in_person(), now=clock.now())
    return Answer(url_for("events.list_players", slug=slug), message="Everybody is where they were before.")
