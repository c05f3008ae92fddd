"""Routes of calendars: one's own secret links, and what calendar programs read under them."""

from typing import Any

from flask import Response, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.htmx import Answer
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, public, requires
from gamebash.rotation import calendars
from gamebash.rotation.move_views import blueprint as blueprint
from gamebash.rotation.queries.calendars import calendars_page, feed_file
from gamebash.rotation.queries.found import get_team

# What Flask takes from a view, or our Answer, which its types do not know.
View = Any


@blueprint.get("/rotation/calendars")
@requires(Permission.USE_OWN_ACCOUNT)
def list_calendars() -> View:
    """Show one's own calendar links."""
    page = calendars_page(signed_in_person(), chosen=request.args.get("team", ""))
    return render_template("rotation/calendars.html", page=page)


@blueprint.post("/rotation/calendars")
@requires(Permission.USE_OWN_ACCOUNT)
def make_calendar() -> View:
    """Give out a calendar link, and show its address this once."""
    code, owner = request.form.get("team", ""), signed_in_person()
    token = calendars.make_feed(owner, get_team(code) if code else None, now=clock.now())
    made = url_for(".show_calendar", token=token, _external=True)
    return render_template("rotation/calendars.html", page=calendars_page(owner, chosen=code, made=made))


@blueprint.post("/rotation/calendars/<int:number>/revoke")
@requires(Permission.USE_OWN_ACCOUNT)
def revoke_calendar(number: int) -> View:
    """Let a link stop working."""
    calendars.revoke_feed(signed_in_person(), number, now=clock.now())
    return Answer(url_for(".list_calendars"), message="That link no longer works.")


@blueprint.get("/calendar/<token>.ics")
@public
def show_calendar(token: str) -> View:
    """Hand out a calendar to whoever has its link; only changed ones are sent again."""
    feed = calendars.get_feed(token)
    file = feed_file(feed, today=clock.now().date(), base=request.url_root)
    response = Response(file, mimetype="text/calendar")
    response.headers["Cache-Control"] = "private, max-age=900"
    response.headers["X-Robots-Tag"] = "noindex"
    response.add_etag()
    return response.make_conditional(request)
