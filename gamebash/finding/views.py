"""Routes of the search, and of lists that somebody keeps."""

from flask import Blueprint, render_template, request

from gamebash.core import clock
from gamebash.core.htmx import Answer, Reply, wants_fragment
from gamebash.finding import saved_views
from gamebash.finding.forms import SavedViewForm
from gamebash.finding.queries import Search, search_page
from gamebash.finding.saved_here import address_of
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, requires

blueprint = Blueprint("finding", __name__)


@blueprint.get("/search")
@requires(Permission.READ)
def search() -> Reply:
    """Search stories, problems and incidents."""
    page = search_page(Search.from_address(request.args))
    return render_template("finding/_search.html" if wants_fragment() else "finding/search.html", page=page)


@blueprint.post("/views")
@requires(Permission.USE_OWN_ACCOUNT)
def save_view() -> Reply:
    """Keep a list as it is narrowed."""
    form = SavedViewForm()
    view = saved_views.save_view(
        signed_in_person(), form.place.data or "", form.query.data or "", form.name.data or "", now=clock.now()
    )  # fmt: skip
    return Answer(to=address_of(view.place, view.query), message=f"Kept as {view.name}.")


@blueprint.post("/views/<int:number>/drop")
@requires(Permission.USE_OWN_ACCOUNT)
def drop_view(number: int) -> Reply:
    """Forget a list that was kept."""
    view = saved_views.drop_view(signed_in_person(), number)
    return Answer(
        to=address_of(view.place, view.query), message=f"{view.name} is dropped. The list stays as it is here."
    )
