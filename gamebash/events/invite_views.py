"""Routes that invite to an event."""

from flask import Response, url_for

from gamebash.core.calendars import calendar_file
from gamebash.events.queries.found import get_event
from gamebash.events.queries.invitations import invitation_to
from gamebash.events.retro_views import blueprint as blueprint
from gamebash.policy import Permission, requires


@blueprint.get("/events/<slug>/calendar.ics")
@requires(Permission.READ)
def calendar(slug: str) -> Response:
    """Hand out an event for one's own calendar."""
    event = get_event(slug)
    invitation = invitation_to(event, url_for("play.board", slug=slug, _external=True))
    response = Response(calendar_file("events", [invitation]), mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.ics"'
    return response
