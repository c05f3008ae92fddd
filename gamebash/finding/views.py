"""Routes of the search."""

from flask import Blueprint, render_template, request

from gamebash.core.htmx import Reply, wants_fragment
from gamebash.finding.queries import Search, search_page
from gamebash.policy import Permission, requires

blueprint = Blueprint("finding", __name__)


@blueprint.get("/search")
@requires(Permission.READ)
def search() -> Reply:
    """Search stories, problems and incidents."""
    page = search_page(Search.from_address(request.args))
    return render_template("finding/_search.html" if wants_fragment() else "finding/search.html", page=page)
