"""Routes of what pages of the game show live: each answers with a stream, or once for a page that polls."""

from gamebash.core.audit import topic_of
from gamebash.core.htmx import Reply
from gamebash.core.live.answers import answer
from gamebash.core.live.hub import Wish
from gamebash.events.queries.found import event_id_of
from gamebash.people.identity import glance, watching_pass
from gamebash.play.cockpit_shows import COCKPIT
from gamebash.play.shows import BOARD
from gamebash.play.story_shows import STORY
from gamebash.play.views import blueprint as blueprint
from gamebash.policy import Permission, at_a_glance, requires


@blueprint.get("/events/<slug>/live")
@at_a_glance
@requires(Permission.READ)
def watch_board(slug: str) -> Reply:
    """Keep an open board up to date."""
    return answer(Wish(BOARD, topic_of(event_id_of(slug)), glance()), watching_pass(Permission.READ))


@blueprint.get("/events/<slug>/stories/<key>/live")
@at_a_glance
@requires(Permission.READ)
def watch_story(slug: str, key: str) -> Reply:
    """Keep the page of a story in play up to date."""
    return answer(Wish(STORY, topic_of(event_id_of(slug)), glance(), key), watching_pass(Permission.READ))


@blueprint.get("/events/<slug>/cockpit/live")
@at_a_glance
@requires(Permission.ORGANISE_EVENTS)
def watch_cockpit(slug: str) -> Reply:
    """Keep an open cockpit up to date."""
    return answer(Wish(COCKPIT, topic_of(event_id_of(slug)), glance()), watching_pass(Permission.ORGANISE_EVENTS))
