"""Routes of the game: the board, a story, and what players do with it."""

from flask import Blueprint, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.errors import DomainError
from gamebash.core.htmx import Answer, Reply, wants_fragment
from gamebash.core.paging import page_number
from gamebash.events.lifecycle import EventState
from gamebash.events.queries.found import get_event
from gamebash.events.queries.summary import event_summary
from gamebash.people.identity import signed_in_person
from gamebash.play import checks, claims, fixes, reviews
from gamebash.play.forms import AppealForm, FixForm, NoteForm, ReviewForm
from gamebash.play.queries.board import event_board_page
from gamebash.play.queries.feed import feed_of
from gamebash.play.queries.placed import board_row, get_place
from gamebash.play.queries.story import story_page
from gamebash.play.queries.view import BoardFilter
from gamebash.policy import Permission, requires
from gamebash.stories.queries.found import get_story
from gamebash.stories.stories import write_note as write_story_note

blueprint = Blueprint("play", __name__)

# What is not played yet is said on one screen: when, where, with whom.
SUMMED_UP = {EventState.DRAFT, EventState.SCHEDULED, EventState.CANCELLED}


@blueprint.get("/events/<slug>")
@requires(Permission.READ)
def board(slug: str) -> Reply:
    """Show the event's board; narrowed, only its list."""
    get = request.args.get
    chosen = BoardFilter(
        get("s", "all"), get("q", ""), get("fit") == "1", page_number(get("page")), get("first") == "1"
    )
    event, person, now = get_event(slug), signed_in_person(), clock.now()
    page = event_board_page(event, person, chosen, now=now)
    if wants_fragment():
        return render_template("play/_stories.html", page=page)
    summary = event_summary(event, person, now) if event.state in SUMMED_UP else None
    return render_template("play/board.html", page=page, summary=summary)


@blueprint.get("/events/<slug>/feed")
@requires(Permission.READ)
def feed(slug: str) -> Reply:
    """Show what has just happened."""
    feed = feed_of(get_event(slug), now=clock.now())
    return render_template("play/_feed.html" if wants_fragment() else "play/feed.html", feed=feed)


@blueprint.post("/events/<slug>/claim-best-fit")
@requires(Permission.PLAY)
def claim_best_fit(slug: str) -> Reply:
    """Claim the open story that fits the player best."""
    now, event = clock.now(), get_event(slug)
    best = event_board_page(event, signed_in_person(), BoardFilter(), now=now).best
    key = best.key if best else ""
    place = get_place(key, signed_in_person())
    claims.claim_story(place.entry, by=place.player, now=now)
    return Answer(to=url_for("play.story", key=key), message=f"{key} is yours.")


@blueprint.get("/stories/<key>")
@requires(Permission.READ)
def story(key: str) -> Reply:
    """Show a story: what broke, how to get it squashed."""
    return _story(key)


@blueprint.post("/stories/<key>/claim")
@requires(Permission.PLAY)
def claim_story(key: str) -> Reply:
    """Claim a story; on the board the row comes back in its true state, won or lost."""
    now = clock.now()
    place = get_place(key, signed_in_person())
    try:
        claims.claim_story(place.entry, by=place.player, now=now)
    except DomainError as error:
        if not wants_fragment():
            raise
        refusal = str(error)
        return Answer(url_for("play.story", key=key), lambda: story_row_part(key, refusal), status=int(error.status))
    return Answer(url_for("play.story", key=key), lambda: story_row_part(key), f"{key} is yours.")


@blueprint.post("/stories/<key>/extend")
@requires(Permission.PLAY)
def extend_lease(key: str) -> Reply:
    """Take more time."""
    place = get_place(key, signed_in_person())
    claims.extend_lease(claims.get_open_claim(place.story, place.player), by=place.player, now=clock.now())
    return Answer(to=url_for("play.story", key=key), message="You have more time.")


@blueprint.post("/stories/<key>/release")
@requires(Permission.PLAY)
def release_claim(key: str) -> Reply:
    """Let go of a story."""
    place = get_place(key, signed_in_person())
    claims.release_claim(claims.get_open_claim(place.story, place.player), by=place.player, now=clock.now())
    return Answer(to=url_for("play.board", slug=place.event.slug), message=f"{key} is back on the board.")


@blueprint.post("/stories/<key>/fix")
@requires(Permission.PLAY)
def submit_fix(key: str) -> Reply:
    """Submit a fix, or keep what was typed of it."""
    place, form = get_place(key, signed_in_person()), FixForm()
    claim = claims.get_open_claim(place.story, place.player)
    if request.form.get("deed") == "draft":
        claims.keep_draft(claim, form.to_document(), by=place.player, now=clock.now())
        return Answer(to=url_for("play.story", key=key, _anchor="fix"), message="Draft saved.")
    if not form.validate():
        return _story(key, fix_form=form), 422
    fixes.submit_fix(claim, form.to_draft(), by=place.player, now=clock.now())
    return Answer(to=url_for("play.story", key=key), message="Submitted. A reviewer is drawn; your lease stands still.")


@blueprint.post("/stories/<key>/review")
@requires(Permission.PLAY)
def review_fix(key: str) -> Reply:
    """Accept a fix or send it back."""
    place, form = get_place(key, signed_in_person()), ReviewForm()
    if not form.validate():
        return _story(key, review_form=form), 422
    fix = fixes.get_latest_fix(place.story, place.event)
    reason = form.reason.data or ""
    if request.form.get("verdict") == "accept":
        reviews.accept_fix(fix, by=place.player, now=clock.now(), reason=reason)
        return Answer(to=url_for("play.story", key=key), message="Accepted.")
    reviews.send_back_fix(fix, reason=reason, by=place.player, now=clock.now())
    return Answer(to=url_for("play.story", key=key), message="Sent back with your reason.")


@blueprint.post("/stories/<key>/appeal")
@requires(Permission.PLAY)
def appeal_send_back(key: str) -> Reply:
    """Ask another reviewer, once."""
    place, form = get_place(key, signed_in_person()), AppealForm()
    if not form.validate():
        return _story(key, appeal_form=form), 422
    fix = fixes.get_latest_fix(place.story, place.event)
    reviews.appeal_send_back(fix, reason=form.reason.data or "", by=place.player, now=clock.now())
    return Answer(to=url_for("play.story", key=key), message="Another reviewer is drawn.")


@blueprint.post("/stories/<key>/check")
@requires(Permission.PLAY)
def decide_check(key: str) -> Reply:
    """Say what a second look at an accepted fix found."""
    place = get_place(key, signed_in_person())
    fix, holds = fixes.get_latest_fix(place.story, place.event), request.form.get("holds") == "yes"
    checks.decide_check(fix, holds=holds, reason=ReviewForm().reason.data or "", by=place.player, now=clock.now())
    return Answer(to=url_for("play.story", key=key), message="Thank you for looking twice.")


@blueprint.post("/stories/<key>/notes")
@requires(Permission.PROPOSE_STORIES)
def write_note(key: str) -> Reply:
    """Leave a note that stays with the story."""
    form = NoteForm()
    if not form.validate():
        return _story(key, note_form=form), 422
    write_story_note(get_story(key), form.text.data or "", by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("play.story", key=key, _anchor="notes"), message="Noted.")


def _story(key: str, **typed: object) -> str:
    """Render a story's page with the forms that were typed into, or fresh ones."""
    page = story_page(key, signed_in_person(), now=clock.now())
    forms = {
        "fix_form": FixForm(formdata=None, data=page.play.draft if page.play else None),
        "review_form": ReviewForm(formdata=None),
        "appeal_form": AppealForm(formdata=None),
        "note_form": NoteForm(formdata=None),
        **typed,
    }
    forms["fix_form"].also.choices = [("", "Only this story"), *(page.play.also if page.play else ())]  # type: ignore[attr-defined]
    forms["fix_form"].assists.choices = list(page.play.teammates) if page.play else []  # type: ignore[attr-defined]
    return render_template("play/story.html", page=page, **forms)


def story_row_part(key: str, note: str = "") -> str:
    """Return a row of the board in its true state, with a sentence about what was refused."""
    row = board_row(key, signed_in_person(), now=clock.now())
    return render_template("play/_row.html", row=row.row, now=row.now, note=note, fresh=not note)
