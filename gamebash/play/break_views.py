"""Routes of live-incident breaks: for organisers, and for a player who is needed by production."""

from flask import url_for

from gamebash.core import clock
from gamebash.core.errors import InvalidError
from gamebash.core.htmx import Answer, Reply
from gamebash.events.players import get_player as get_own_player
from gamebash.events.queries.found import get_event
from gamebash.people.identity import signed_in_person
from gamebash.play import breaks, free_alerts, helping, leaving
from gamebash.play.breaks import BreakReason
from gamebash.play.clock_views import blueprint as blueprint
from gamebash.play.forms import BreakForm, ReasonForm
from gamebash.play.queries.placed import get_place
from gamebash.play.views import story_row_part
from gamebash.points.queries import get_player
from gamebash.policy import Permission, requires
from gamebash.stories.queries.found import get_story


@blueprint.post("/events/<slug>/breaks")
@requires(Permission.ORGANISE_EVENTS)
def call_break(slug: str) -> Reply:
    """Take players out for a live incident."""
    event, form = get_event(slug), BreakForm()
    if not form.validate():
        raise InvalidError("Name who is needed, and say what for; the board shows it.")
    players = [get_player(event, handle) for handle in form.player.data or []]
    begun = breaks.begin_break(event, players, _reason(form), by=signed_in_person(), now=clock.now())
    words = "1 player is" if len(begun) == 1 else f"{len(begun)} players are"
    return Answer(
        to=url_for("play.cockpit", slug=slug, _anchor="breaks"), message=f"{words} out. Their leases stand still."
    )


@blueprint.post("/events/<slug>/breaks/<handle>/end")
@requires(Permission.ORGANISE_EVENTS)
def end_break(slug: str, handle: str) -> Reply:
    """Bring a player back."""
    event = get_event(slug)
    player = get_player(event, handle)
    breaks.end_break(event, player, by=signed_in_person(), now=clock.now())
    name = player.person.player_name
    return Answer(to=url_for("play.cockpit", slug=slug, _anchor="breaks"), message=f"{name} is back in the game.")


@blueprint.post("/events/<slug>/break")
@requires(Permission.PLAY)
def take_break(slug: str) -> Reply:
    """Go and help production."""
    event, form, me = get_event(slug), BreakForm(), signed_in_person()
    if not form.validate():
        raise InvalidError("Say what production needs you for; the board shows it.")
    breaks.begin_break(event, [get_own_player(event, me)], _reason(form), by=me, now=clock.now())
    message = "You are out. Nothing of yours runs out until you return."
    return Answer(to=url_for("play.board", slug=slug), message=message)


@blueprint.post("/stories/<key>/tell-me")
@requires(Permission.PLAY)
def ask_when_free(key: str) -> Reply:
    """Ask to be told when a held story is free; on the board the row comes back."""
    me = signed_in_person()
    free_alerts.ask_when_free(get_place(key, me).entry, me, now=clock.now())
    return Answer(url_for("play.story", key=key), lambda: story_row_part(key), f"You are told when {key} is free.")


@blueprint.post("/stories/<key>/tell-me-not")
@requires(Permission.PLAY)
def stop_waiting(key: str) -> Reply:
    """Not be told after all; on the board the row comes back."""
    me = signed_in_person()
    free_alerts.stop_waiting(get_place(key, me).entry, me, now=clock.now())
    return Answer(url_for("play.story", key=key), lambda: story_row_part(key), f"You are not told about {key}.")


@blueprint.post("/events/<slug>/stories/<key>/more-time")
@requires(Permission.ORGANISE_EVENTS)
def extend_for(slug: str, key: str) -> Reply:
    """Give a player more time, once."""
    helping.extend_for(get_story(key), get_event(slug), by=signed_in_person(), now=clock.now())
    return Answer(
        to=url_for("play.cockpit", slug=slug, _anchor="stuck"), message=f"More time for {key}; its player is told."
    )


@blueprint.post("/events/<slug>/stories/<key>/put-back")
@requires(Permission.ORGANISE_EVENTS)
def release_for(slug: str, key: str) -> Reply:
    """Put a story back on the board for a player who cannot."""
    reason = ReasonForm().reason.data or ""
    helping.release_for(get_story(key), get_event(slug), reason=reason, by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("play.cockpit", slug=slug, _anchor="stuck"), message=f"{key} is back on the board.")


@blueprint.post("/events/<slug>/return")
@requires(Permission.PLAY)
def return_to_game(slug: str) -> Reply:
    """Come back from a break."""
    event, me = get_event(slug), signed_in_person()
    breaks.end_break(event, get_own_player(event, me), by=me, now=clock.now())
    return Answer(to=url_for("play.board", slug=slug), message="Welcome back. Your leases run on with what was left.")


@blueprint.post("/events/<slug>/players/leave")
@requires(Permission.PLAY)
def leave_event(slug: str) -> Reply:
    """Take no further part, and let go of what is in hand."""
    event = get_event(slug)
    freed = leaving.leave_game(event, signed_in_person(), now=clock.now())
    back = f" {' and '.join(freed)} went back on the board." if freed else ""
    message = f"You left {event.name}.{back} You can come back until it ends."
    return Answer(to=url_for("events.list_players", slug=slug), message=message)


def _reason(form: BreakForm) -> BreakReason:
    return BreakReason(form.reason.data or "", form.link.data or "", passes_reviews=bool(form.passes_reviews.data))
