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
from gamebash.screen.forms import ScreenLinkForm
from gamebash.screen.queries import screen_page, screen_setup_page
from gamebash.screen.shows import SCREEN

blueprint = Blueprint("screen", __name__)


@blueprint.get("/screen/<token>")
@public
def screen(token: str) -> Reply:
    """Show an event to a hall; whoever has the link needs no sign-in and can press nothing."""
    now = clock.now()
    link = links.open_screen(token, address=request.remote_addr or "", now=now)
    page = screen_page(link.event, now=now)
    response = make_response(render_template("screen/screen.html", page=page, token=token, has_knock=link.has_knock))
    # The address is the key: it goes to no other page and into no cache.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/screen/<token>/live")
@public
def watch_screen(token: str) -> Reply:
    """Keep a screen up to date for as long as its link works."""
    link = links.open_screen(token, address=request.remote_addr or "", now=clock.now())
    response = answer(Wish(SCREEN, topic_of(link.event_id)), links.screen_pass(token))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get("/events/<slug>/screen")
@requires(Permission.ORGANISE_EVENTS)
def setup(slug: str) -> Reply:
    """Show organisers whether there is a link, and let them make one."""
    page = screen_setup_page(get_event(slug), now=clock.now())
    return render_template(
        "screen/setup.html", page=page, form=ScreenLinkForm(data={"has_knock": page.has_knock}), url=""
    )


@blueprint.post("/events/<slug>/screen")
@requires(Permission.ORGANISE_EVENTS)
def make_link(slug: str) -> Reply:
    """Make a link and show it this once."""
    event, form, now = get_event(slug), ScreenLinkForm(), clock.now()
    token = links.make_link(event, by=signed_in_person(), now=now, has_knock=form.has_knock.data)
    url = url_for("screen.screen", token=token, _external=True)
    return render_template("screen/setup.html", page=screen_setup_page(event, now=now), form=form, url=url)


@blueprint.post("/events/<slug>/screen/end")
@requires(Permission.ORGANISE_EVENTS)
def end_link(slug: str) -> Reply:
    """Switch the screen off."""
    was_there = links.end_link(get_event(slug), by=signed_in_person(), now=clock.now())
    return Answer(
        to=url_for("screen.setup", slug=slug),
        message="The screen is switched off." if was_there else "There was no screen to switch off.",
    )
