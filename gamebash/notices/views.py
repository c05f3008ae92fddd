"""Routes of one's own notices."""

from datetime import time

from flask import Blueprint, redirect, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.htmx import Answer, Reply, wants_fragment
from gamebash.core.mail import is_configured
from gamebash.core.paging import page_number
from gamebash.notices import notices, wishes
from gamebash.notices.forms import WishesBase, WishesForm
from gamebash.notices.kinds import SHOWN_AT_FIRST, NoticeKind
from gamebash.notices.queries import bell_of, notices_page
from gamebash.people.identity import glance, signed_in_person
from gamebash.people.locals import local_path
from gamebash.people.models import Person
from gamebash.policy import Permission, at_a_glance, requires

blueprint = Blueprint("notices", __name__)


@blueprint.get("/notices")
@requires(Permission.USE_OWN_ACCOUNT)
def list_notices() -> Reply:
    """List what the signed-in person was told."""
    only_unseen, number = request.args.get("show") == "new", page_number(request.args.get("page"))
    page = notices_page(signed_in_person(), only_unseen=only_unseen, number=number, now=clock.now())
    return render_template("notices/list.html", page=page)


@blueprint.get("/notices/bell")
@at_a_glance
@requires(Permission.USE_OWN_ACCOUNT)
def show_bell() -> Reply:
    """Show how many notices are new, for a page that is open."""
    viewer = glance()
    if viewer is None or not wants_fragment():
        return redirect(url_for(".list_notices"), 303)
    bell = bell_of(viewer.person_id, now=clock.now())
    return render_template("notices/_bell.html", unseen=bell.unseen, fresh=bell.fresh)


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


@blueprint.route("/notices/settings", methods=["GET", "POST"])
@requires(Permission.USE_OWN_ACCOUNT)
def wish_notices() -> Reply:
    """Show and keep how the signed-in person wants to hear of things."""
    me = signed_in_person()
    form = WishesForm() if request.method == "POST" else _filled(me)
    if request.method == "POST" and form.validate():
        wishes.wish_notices(me, form.to_ways(), form.to_quiet(), now=clock.now())
        return Answer(to=url_for(".list_notices"), message="Kept. It holds for what you are told from now on.")
    status = 422 if request.method == "POST" else 200
    page = render_template(
        "notices/settings.html",
        form=form,
        kinds=list(NoticeKind),
        shown_at_first=SHOWN_AT_FIRST,
        has_mail=is_configured(),
    )
    return page, status


def _filled(person: Person) -> WishesBase:
    quiet = wishes.quiet_of(person.id)
    data: dict[str, object] = {kind.value: way.value for kind, way in wishes.ways_of(person).items()}
    if quiet is not None:
        data |= {"quiet_from": _time(quiet.from_minute), "quiet_to": _time(quiet.to_minute), "zone": quiet.zone}
    return WishesForm(formdata=None, data=data)


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)
