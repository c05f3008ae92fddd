"""Routes of seasons."""

from flask import Blueprint, redirect, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.htmx import Reply, wants_fragment
from gamebash.core.paging import page_number
from gamebash.people.identity import signed_in_person
from gamebash.points.season_pages import SEASON_KINDS, SeasonChoice, season_page
from gamebash.policy import Permission, requires

blueprint = Blueprint("seasons", __name__)
LONGEST_NAME = 120


@blueprint.get("/seasons")
@requires(Permission.READ)
def this_season() -> Reply:
    """Go to this year's season."""
    return redirect(url_for("seasons.season", year=clock.now().year), 303)


@blueprint.get("/seasons/<int(min=2000,max=2999):year>")
@requires(Permission.READ)
def season(year: int) -> Reply:
    """Show a year's events counted together."""
    kind, words = request.args.get("by", ""), request.args.get("q", "")[:LONGEST_NAME]
    chosen = SeasonChoice(
        kind if kind in SEASON_KINDS else SEASON_KINDS[0], words, page_number(request.args.get("page"))
    )
    page = season_page(year, chosen, signed_in_person().handle, now=clock.now())
    return render_template("points/_season.html" if wants_fragment() else "points/season.html", page=page)
