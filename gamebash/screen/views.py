"""Routes of the big screen: the screen itself behind its token, and its link for organisers."""

from flask import Blueprint, make_response, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.audit import topic_of
from gamebash.core.htmx import Answer, Reply
from gamebash.core.live.answers import answer
from gamebash.core.live.hub import Wish
from gamebash.events.queries.found import get_event
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, public, requires
from gamebash.screen import links
from gamebash.screen.queries import screen_page, screen_setup_page
from gamebash.screen.shows import SCREEN

blueprint = Blueprint("screen", __name__)


@blueprint.get("/screen/<token>")
@public
def screen(token: str) -> Reply:
    """Show an event to a hall; whoever has the link needs no sign-in and can press nothing."""
    now = clock.now()
    page = screen_page(links.open_screen(token, address=request.remote_addr or "", now=now), now=now)
    response = make_response(render_template("screen/screen.html", page=page, token=token))
    # The address is the key: it goes to no other page and into no cache.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/screen/<token>/live")
@public
def watch_screen(token: str) -> Reply:
    """Keep a screen up to date for as long as its link works."""
    event = links.open_screen(token, address=request.remote_addr or "", now=clock.now())
    response = answer(Wish(SCREEN, topic_of(event.id)), links.screen_pass(token))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get("/events/<slug>/screen")
@requires(Permission.ORGANISE_EVENTS)
def setup(slug: str) -> Reply:
    """Show organisers whether there is a link, and let them make one."""
    return render_template("screen/setup.html", page=screen_setup_page(get_event(slug), now=clock.now()), url="")


@blueprint.post("/events/<slug>/screen")
@requires(Permission.ORGANISE_EVENTS)
def make_link(slug: str) -> Reply:
    """Make a link and show it this once."""
    event, now = get_event(slug), clock.now()
    token = links.make_link(event, by=signed_in_person(), now=now)
    url = url_for("screen.screen", token=token, _external=True)
    return render_template("screen/setup.html", page=screen_setup_page(event, now=now), url=url)


@blueprint.post("/events/<slug>/screen/end")
@requires(Permission.ORGANISE_EVENTS)
def end_link(slug: str) -> Reply:
    """Switch the screen off."""
    was_there = links.end_link(get_event(slug), by=signed_in_person(), now=clock.now())
    return Answer(
        to=url_for("screen.setup", slug=slug),
        message="The screen is switched off." if was_there else "There was no screen to switch off.",
    )
