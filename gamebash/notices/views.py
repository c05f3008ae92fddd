"""Routes of one's own notices."""

from flask import Blueprint, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.htmx import Answer, Reply
from gamebash.core.paging import page_number
from gamebash.notices import notices
from gamebash.notices.queries import notices_page
from gamebash.people.identity import signed_in_person
from gamebash.people.locals import local_path
from gamebash.policy import Permission, requires

blueprint = Blueprint("notices", __name__)


@blueprint.get("/notices")
@requires(Permission.USE_OWN_ACCOUNT)
def list_notices() -> Reply:
    """List what the signed-in person was told."""
    only_unseen, number = request.args.get("show") == "new", page_number(request.args.get("page"))
    page = notices_page(signed_in_person(), only_unseen=only_unseen, number=number, now=clock.now())
    return render_template("notices/list.html", page=page)


@blueprint.post("/notices/<int:number>/open")
@requires(Permission.USE_OWN_ACCOUNT)
def see_notice(number: int) -> Reply:
    """Keep that a notice was seen, and go where it points."""
    notice = notices.see_notice(signed_in_person(), number, now=clock.now())
    return Answer(to=local_path(notice.url, url_for(".list_notices")))


@blueprint.post("/notices/seen")
@requires(Permission.USE_OWN_ACCOUNT)
def see_all_notices() -> Reply:
    """Keep that all were seen."""
    notices.see_all_notices(signed_in_person(), now=clock.now())
    return Answer(to=url_for(".list_notices"), message="All seen.")
