"""Routes of a running event's clock, for organisers."""

from flask import render_template, request, url_for

from gamebash.core import clock
from gamebash.core.errors import InvalidError
from gamebash.core.htmx import Answer, Reply
from gamebash.events.queries.found import get_event
from gamebash.people.identity import signed_in_person
from gamebash.play import fixes, pauses
from gamebash.play.forms import ExtensionForm, ReviewerForm
from gamebash.play.queries.cockpit import cockpit_page
from gamebash.play.views import blueprint as blueprint
from gamebash.points.queries import get_player
from gamebash.policy import Permission, requires
from gamebash.stories.queries.found import get_story


@blueprint.get("/events/<slug>/cockpit")
@requires(Permission.ORGANISE_EVENTS)
def cockpit(slug: str) -> Reply:
    """Show how the day runs."""
    page = cockpit_page(get_event(slug), now=clock.now())
    return render_template("play/cockpit.html", page=page, extension=ExtensionForm(formdata=None))


@blueprint.post("/events/<slug>/pause")
@requires(Permission.ORGANISE_EVENTS)
def pause_event(slug: str) -> Reply:
    """Stop the clock."""
    pauses.pause_event(get_event(slug), by=signed_in_person(), now=clock.now())
    return _back(slug, "The clock stands still, and every lease with it.")


@blueprint.post("/events/<slug>/resume")
@requires(Permission.ORGANISE_EVENTS)
def resume_event(slug: str) -> Reply:
    """Start the clock again."""
    pauses.resume_event(get_event(slug), by=signed_in_person(), now=clock.now())
    return _back(slug, "The clock runs. The end and every lease moved by the length of the pause.")


@blueprint.post("/events/<slug>/extend")
@requires(Permission.ORGANISE_EVENTS)
def extend_event(slug: str) -> Reply:
    """Move the end."""
    form = ExtensionForm()
    if not form.validate():
        raise InvalidError("An extension is 1 to 720 minutes.")
    pauses.extend_event(get_event(slug), form.minutes.data or 0, by=signed_in_person(), now=clock.now())
    return _back(slug, f"{form.minutes.data} minutes more.")


@blueprint.post("/events/<slug>/freeze")
@requires(Permission.ORGANISE_EVENTS)
def freeze_board(slug: str) -> Reply:
    """Let the public board stand still."""
    pauses.freeze_now(get_event(slug), by=signed_in_person(), now=clock.now())
    return _back(slug, "The public board stands still.")


@blueprint.post("/events/<slug>/end")
@requires(Permission.ORGANISE_EVENTS)
def end_event(slug: str) -> Reply:
    """Call full time; typed out, since it cannot be undone."""
    if request.form.get("confirmed", "").strip().casefold() != "full time":
        raise InvalidError("Type full time to end the event now; it cannot be undone.")
    pauses.end_event_now(get_event(slug), by=signed_in_person(), now=clock.now())
    return _back(slug, "Full time.")


@blueprint.post("/events/<slug>/reviewers/<key>")
@requires(Permission.ORGANISE_EVENTS)
def assign_reviewer(slug: str, key: str) -> Reply:
    """Name a reviewer by hand, with a reason."""
    form, event = ReviewerForm(), get_event(slug)
    player = get_player(event, form.handle.data or "")
    fix = fixes.get_latest_fix(get_story(key), event)
    fixes.assign_reviewer(fix, player, reason=form.reason.data or "", by=signed_in_person(), now=clock.now())
    return _back(slug, f"{player.person.name} reviews {key}.")


def _back(slug: str, message: str) -> Answer:
    return Answer(to=url_for("play.cockpit", slug=slug), message=message)
