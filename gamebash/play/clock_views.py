"""Routes of a running event's clock, for organisers."""

from flask import render_template, request, url_for

from gamebash.core import clock
from gamebash.core.errors import InvalidError
from gamebash.core.htmx import Answer, Reply
from gamebash.events import delays
from gamebash.events.queries.found import get_event
from gamebash.people.identity import signed_in_person
from gamebash.play import fixes, pauses, reviewers, reviews, talks
from gamebash.play.forms import ExtensionForm, ReasonForm, ReviewerForm
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


@blueprint.post("/events/<slug>/delay")
@requires(Permission.ORGANISE_EVENTS)
def delay_start(slug: str) -> Reply:
    """Move the start of a scheduled event."""
    form, event = ExtensionForm(), get_event(slug)
    if not form.validate():
        raise InvalidError("A delay is 1 to 720 minutes.")
    delays.delay_start(event, form.minutes.data or 0, by=signed_in_person(), now=clock.now())
    return Answer(
        url_for("events.setup", slug=slug), message="Start, freeze, end and deadline moved. Everybody is told."
    )


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
    reviewers.assign_reviewer(fix, player, reason=form.reason.data or "", by=signed_in_person(), now=clock.now())
    return _back(slug, f"{player.person.name} reviews {key}.")


@blueprint.post("/events/<slug>/reviewers/<key>/waive")
@requires(Permission.ORGANISE_EVENTS)
def waive_knowing(slug: str, key: str) -> Reply:
    """Do without a reviewer who knows the service, with a reason."""
    fix, reason = fixes.get_latest_fix(get_story(key), get_event(slug)), ReasonForm().reason.data or ""
    reviews.waive_knowing(fix, reason=reason, by=signed_in_person(), now=clock.now())
    return _back(slug, f"{key} needs nobody who knows the service any more.")


@blueprint.post("/events/<slug>/players/<handle>/open-claiming")
@requires(Permission.ORGANISE_EVENTS)
def open_claiming(slug: str, handle: str) -> Reply:
    """Let a player claim again, after a talk."""
    player = get_player(get_event(slug), handle)
    talks.open_claiming(player, reason=ReasonForm().reason.data or "", by=signed_in_person(), now=clock.now())
    return _back(slug, f"{player.person.name} may claim again.")


def _back(slug: str, message: str) -> Answer:
    return Answer(to=url_for("play.cockpit", slug=slug), message=message)
