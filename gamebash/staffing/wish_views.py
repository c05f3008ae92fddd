"""Routes of wishes: one's own, and for managers everybody's."""

from flask import Blueprint, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.errors import DomainError
from gamebash.core.htmx import Answer, Reply, wants_fragment
from gamebash.core.paging import page_number
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, requires
from gamebash.staffing.forms import WishForm
from gamebash.staffing.preferences import say_preference
from gamebash.staffing.queries.wishes import WishFilter, own_wish_page, wishes_page

blueprint = Blueprint("wishes", __name__)


@blueprint.get("/wishes")
@requires(Permission.READ_WISHES)
def list_wishes() -> Reply:
    """Show managers what everybody wishes."""

    def text(name: str) -> str:
        return request.args.get(name, "").strip()[:80]

    number, today = page_number(request.args.get("page")), clock.now().date()
    filter_ = WishFilter(text("team"), text("wish"), text("q"))
    page = wishes_page(filter_, number, reader=signed_in_person(), today=today)
    return render_template("staffing/_wishes.html" if wants_fragment() else "staffing/wishes.html", page=page)


@blueprint.route("/wishes/mine", methods=["GET", "POST"])
@requires(Permission.USE_OWN_ACCOUNT)
def say_wish() -> Reply:
    """Show and take what the signed-in person wishes."""
    page = own_wish_page(signed_in_person(), today=clock.now().date())
    form = WishForm()
    form.offer(page.teams)
    if not form.validate_on_submit():
        if page.preference and not form.is_submitted():
            form.show(page.preference, {team.id: team.code for team in page.teams})
        return render_template("staffing/own_wish.html", page=page, form=form), 422 if form.errors else 200
    try:
        say_preference(signed_in_person(), form.preference(page.teams), now=clock.now())
    except DomainError as refusal:
        form.refuse(str(refusal))
        return render_template("staffing/own_wish.html", page=page, form=form), int(refusal.status)
    return Answer(url_for(".say_wish"), message="Your managers can see it. Nobody else can.")
