"""Routes of the room in which an event is told of, for organisers."""

from flask import Blueprint, render_template, url_for

from gamebash.chat import rooms
from gamebash.chat.forms import RoomForm
from gamebash.chat.kinds import ChatKind
from gamebash.chat.queries import get_room, room_page
from gamebash.core import clock
from gamebash.core.htmx import Answer, Reply, wants_fragment
from gamebash.events.queries.found import get_event
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, requires

blueprint = Blueprint("chat", __name__)


@blueprint.get("/events/<slug>/chat")
@requires(Permission.ORGANISE_EVENTS)
def show_room(slug: str) -> Reply:
    """Show the room and what was said there; to htmx only the latter."""
    template = "chat/_messages.html" if wants_fragment() else "chat/room.html"
    return render_template(template, page=room_page(get_event(slug)), form=RoomForm(formdata=None))


@blueprint.post("/events/<slug>/chat")
@requires(Permission.ORGANISE_EVENTS)
def set_room(slug: str) -> Reply:
    """Set the room."""
    form, event = RoomForm(), get_event(slug)
    if not form.validate():
        return render_template("chat/room.html", page=room_page(event), form=form), 422
    kind, address = ChatKind(form.kind.data), form.address.data or ""
    rooms.set_room(event, kind, address, by=signed_in_person(), now=clock.now())
    return _done(slug, "The room is set. Try it out.")


@blueprint.post("/events/<slug>/chat/as/<other>")
@requires(Permission.ORGANISE_EVENTS)
def same_room(slug: str, other: str) -> Reply:
    """Take the room of another event."""
    rooms.same_room(get_event(slug), get_room(get_event(other)), by=signed_in_person(), now=clock.now())
    return _done(slug, "The room is set. Try it out.")


@blueprint.post("/events/<slug>/chat/drop")
@requires(Permission.ORGANISE_EVENTS)
def drop_room(slug: str) -> Reply:
    """Tell nothing more there."""
    was_there = rooms.drop_room(get_event(slug), by=signed_in_person(), now=clock.now())
    return _done(slug, "Nothing more is told there." if was_there else "There was no room.")


@blueprint.post("/events/<slug>/chat/test")
@requires(Permission.ORGANISE_EVENTS)
def say_test(slug: str) -> Reply:
    """Try the room out."""
    rooms.say_test(get_event(slug), by=signed_in_person(), now=clock.now())
    return _done(slug, "A line is on its way. Below you see whether it arrived.")


@blueprint.post("/events/<slug>/chat/invitation")
@requires(Permission.ORGANISE_EVENTS)
def say_invitation(slug: str) -> Reply:
    """Invite the room."""
    rooms.say_invitation(get_event(slug), by=signed_in_person(), now=clock.now())
    return _done(slug, "The invitation is on its way. Below you see whether it arrived.")


def _done(slug: str, message: str) -> Answer:
    return Answer(to=url_for("chat.show_room", slug=slug), message=message)
