"""Routes of fairness and of knowledge gaps: pages of their own, and fragments of the rotation page."""

from datetime import date

from flask import Blueprint, render_template, request

from gamebash.core import clock
from gamebash.core.days import day_of
from gamebash.core.htmx import Reply, wants_fragment
from gamebash.core.paging import page_number
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, requires
from gamebash.staffing.queries.fairness import A_YEAR, FairFilter, fair_figures, fairness_page
from gamebash.staffing.queries.gaps import gaps_page
from gamebash.staffing.queries.wishes import latest_wishes

blueprint = Blueprint("fairness", __name__)


def _day(name: str, usual: date) -> date:
    return day_of(request.args.get(name)) or usual


@blueprint.get("/fairness")
@requires(Permission.READ)
def show_fairness() -> Reply:
    """Show how time in ops is shared in a period, and how much ops people get to build."""
    today = clock.now().date()
    filter_ = FairFilter(_day("since", today - A_YEAR), _day("until", today), request.args.get("team", "")[:3])
    page = fairness_page(filter_, page_number(request.args.get("page")), today=today)
    return render_template("staffing/_fairness.html" if wants_fragment() else "staffing/fairness.html", page=page)


@blueprint.get("/fairness/figures")
@requires(Permission.READ)
def show_figures() -> Reply:
    """Show what people asked for, as far as the reader may know, and the few figures of fairness."""
    today, person = clock.now().date(), signed_in_person()
    shown = {"page": fair_figures(person, today=today), "wishes": latest_wishes(person, today=today)}
    return render_template("staffing/_figures.html" if wants_fragment() else "staffing/figures.html", **shown)


@blueprint.get("/knowledge-gaps")
@requires(Permission.READ)
def show_gaps() -> Reply:
    """Show which services few people in ops know, now and after the next moves."""
    page = gaps_page(_day("on", clock.now().date()))
    return render_template("staffing/_gaps.html" if wants_fragment() else "staffing/gaps.html", page=page)
