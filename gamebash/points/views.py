"""Routes of points: leaderboards, a score in its parts, awards and corrections."""

from dataclasses import replace

from flask import Blueprint, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.audit import topic_of
from gamebash.core.htmx import Answer, Reply, wants_fragment
from gamebash.core.live.answers import answer
from gamebash.core.live.hub import Wish
from gamebash.core.paging import page_number
from gamebash.events.queries.found import event_id_of, get_event
from gamebash.people.identity import glance, signed_in_person, watching_pass
from gamebash.points import disqualifying, hiding, ledger
from gamebash.points.boards import KINDS
from gamebash.points.forms import AwardForm, CorrectionForm, ReasonForm
from gamebash.points.queries import BoardChoice, get_entry_of, get_player, leaderboard_page, score_page
from gamebash.points.shows import LEADERBOARD
from gamebash.policy import Permission, at_a_glance, is_allowed, requires

blueprint = Blueprint("points", __name__)
LONGEST_NAME = 120


@blueprint.get("/events/<slug>/leaderboard")
@requires(Permission.READ)
def leaderboard(slug: str) -> Reply:
    """Show the whole leaderboard."""
    page = leaderboard_page(get_event(slug), _chosen(), signed_in_person(), now=clock.now())
    name = "points/_places.html" if wants_fragment() else "points/leaderboard.html"
    return render_template(name, page=page, form=ReasonForm(formdata=None))


@blueprint.post("/events/<slug>/leaderboard/hide")
@requires(Permission.ORGANISE_EVENTS)
def hide_board(slug: str) -> Reply:
    """Take the leaderboard down, with a reason."""
    hiding.hide_board(get_event(slug), reason=ReasonForm().reason.data or "", by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("points.leaderboard", slug=slug), message="The leaderboard is hidden. Scores go on.")


@blueprint.post("/events/<slug>/leaderboard/show")
@requires(Permission.ORGANISE_EVENTS)
def show_board(slug: str) -> Reply:
    """Put the leaderboard up again."""
    hiding.show_board(get_event(slug), by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("points.leaderboard", slug=slug), message="The leaderboard shows again.")


@blueprint.get("/events/<slug>/leaderboard/live")
@at_a_glance
@requires(Permission.READ)
def watch_leaderboard(slug: str) -> Reply:
    """Keep an open leaderboard up to date; what came after a freeze is for organisers."""
    looker, chosen = glance(), _chosen()
    if chosen.sees_all and not (looker and is_allowed(looker.roles, Permission.ORGANISE_EVENTS)):
        chosen = replace(chosen, sees_all=False)
    needed = Permission.ORGANISE_EVENTS if chosen.sees_all else Permission.READ
    return answer(Wish(LEADERBOARD, topic_of(event_id_of(slug)), looker, chosen), watching_pass(needed))


@blueprint.get("/events/<slug>/scores/<handle>")
@requires(Permission.READ)
def score(slug: str, handle: str) -> Reply:
    """Open a score into its parts."""
    return _score(slug, handle, AwardForm(formdata=None))


@blueprint.post("/events/<slug>/scores/<handle>/award")
@requires(Permission.CORRECT_POINTS)
def award_points(slug: str, handle: str) -> Reply:
    """Award points from the budget."""
    form = AwardForm()
    if not form.validate():
        return _score(slug, handle, form), 422
    player = get_player(get_event(slug), handle)
    ledger.award_points(
        player, form.points.data or 0, reason=form.reason.data or "", by=signed_in_person(), now=clock.now()
    )
    return Answer(to=url_for("points.score", slug=slug, handle=handle), message="Awarded.")


@blueprint.post("/events/<slug>/scores/<handle>/disqualify")
@requires(Permission.CORRECT_POINTS)
def disqualify_player(slug: str, handle: str) -> Reply:
    """Take a player out of the ranks, or back into them, with a reason."""
    player, reason = get_player(get_event(slug), handle), CorrectionForm().reason.data or ""
    is_back = request.form.get("deed") == "reinstate"
    act = disqualifying.reinstate_player if is_back else disqualifying.disqualify_player
    act(player, reason=reason, by=signed_in_person(), now=clock.now())
    message = "Back in the ranks." if is_back else "Out of the ranks; every entry stays."
    return Answer(to=url_for("points.score", slug=slug, handle=handle), message=message)


@blueprint.post("/events/<slug>/ledger/<int:number>/correct")
@requires(Permission.CORRECT_POINTS)
def correct_entry(slug: str, number: int) -> Reply:
    """Take an entry back by a further one."""
    entry = get_entry_of(get_event(slug), number)
    ledger.correct_entry(entry, reason=CorrectionForm().reason.data or "", by=signed_in_person(), now=clock.now())
    handle = entry.player.person.handle
    return Answer(to=url_for("points.score", slug=slug, handle=handle), message="Taken back by a further entry.")


def _chosen() -> BoardChoice:
    get = request.args.get
    return BoardChoice(
        _kind(), page_number(get("page")), get("freeze") == "off", get("bracket", ""), get("q", "")[:LONGEST_NAME]
    )


def _kind() -> str:
    kind = request.args.get("by", KINDS[0])
    return kind if kind in KINDS else KINDS[0]


def _score(slug: str, handle: str, form: AwardForm) -> str:
    page = score_page(get_event(slug), handle, signed_in_person(), now=clock.now())
    return render_template("points/score.html", page=page, form=form, correction=CorrectionForm(formdata=None))
