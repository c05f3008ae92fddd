"""Routes of events: the list, series, the organiser's page, and rules. The board itself is play's."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.db import release
from gamebash.core.errors import DomainError
from gamebash.core.forms import Refusable
from gamebash.core.htmx import Answer, wants_fragment
from gamebash.core.paging import page_number
from gamebash.events import board_stories, drafts, running, series
from gamebash.events.changes import day_version, rules_version
from gamebash.events.forms import (
    AddStoryForm,
    ChoiceForm,
    DayForm,
    LimitsForm,
    RulesForm,
    SeriesForm,
    what_if,
)
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from gamebash.events.queries.found import get_event, get_series, get_stories
from gamebash.events.queries.lists import SHOWN, EventFilter, event_list_page, series_rows
from gamebash.events.queries.rules import rules_page
from gamebash.events.queries.setup import first_missing, setup_page
from gamebash.events.readiness import Check, Place
from gamebash.events.rules import Rules
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, is_allowed, requires
from gamebash.stories.pull import Limits

blueprint = Blueprint("events", __name__)

# What Flask takes from a view, or our Answer, which its types do not know.
View = Any

ANCHORS = {Place.DAY: "day", Place.STORIES: "pull", Place.CAPACITY: "cap", Place.RULES: "rules"}


def _zone() -> str:
    return str(current_app.config["GAMEBASH_TIMEZONE"])


def is_organiser() -> bool:
    """Say whether whoever looks organises events."""
    return is_allowed(signed_in_person().roles, Permission.ORGANISE_EVENTS)


def attempt(form: Refusable, act: Callable[[], object]) -> int:
    """Do it if the form holds together; else say on the form why not. Returns the status of a refusal, or 0."""
    if not form.validate_on_submit():
        return 422
    try:
        done = act()
    except DomainError as refusal:
        # What the action did before it refused is not to be seen on the page that says so.
        release()
        form.refuse(str(refusal))
        return int(refusal.status)
    return 0 if done else 422


@blueprint.get("/events")
@requires(Permission.READ)
def list_events() -> View:
    """List events: live, to come, past."""
    show = request.args.get("show", "all")
    chosen = EventFilter(
        show if show in SHOWN else "all",
        request.args.get("q", "").strip()[:80],
        page_number(request.args.get("page")),
    )
    page = event_list_page(signed_in_person(), chosen, is_organiser=is_organiser(), now=clock.now())
    return render_template("events/_list.html" if wants_fragment() else "events/list.html", page=page)


@blueprint.route("/events/new", methods=["GET", "POST"])
@requires(Permission.ORGANISE_EVENTS)
def draft_event() -> View:
    """Draft an event on a day of its own; the page also offers the next of each series."""
    form = DayForm()
    form.zone = _zone()
    slugs: list[str] = []

    def act() -> bool:
        plan = form.to_plan()
        if plan:
            slugs.append(drafts.draft_event(plan, by=signed_in_person(), now=clock.now()).slug)
        return plan is not None

    status = attempt(form, act) if request.method == "POST" else 200
    if not status:
        return Answer(url_for(".setup", slug=slugs[0]), message="Drafted. Pull its stories next.")
    rows = series_rows(zone=_zone(), now=clock.now())
    return render_template("events/new.html", form=form, series=rows, zone=_zone()), status


@blueprint.route("/series", methods=["GET", "POST"])
@requires(Permission.ORGANISE_EVENTS)
def list_series() -> View:
    """Show every series, when it comes round next, and a form for a new one."""
    form = SeriesForm()
    form.zone = _zone()

    def act() -> bool:
        plan = form.to_plan()
        if plan:
            series.create_series(plan, zone=_zone(), by=signed_in_person(), now=clock.now())
        return plan is not None

    status = attempt(form, act) if request.method == "POST" else 200
    if not status:
        return Answer(url_for(".list_series"), message="The series is there. Propose its next event when you like.")
    rows = series_rows(zone=_zone(), now=clock.now())
    return render_template("events/series.html", form=form, series=rows, zone=_zone()), status


@blueprint.post("/series/<slug>/next")
@requires(Permission.ORGANISE_EVENTS)
def draft_from_series(slug: str) -> View:
    """Draft the next event of a series."""
    event = drafts.draft_from_series(get_series(slug), zone=_zone(), by=signed_in_person(), now=clock.now())
    return Answer(url_for(".setup", slug=event.slug), message="Drafted with the rules of the last one.")


@blueprint.get("/events/<slug>/setup")
@requires(Permission.ORGANISE_EVENTS)
def setup(slug: str) -> View:
    """Show the organiser's page."""
    return _setup(get_event(slug))


def _setup(event: Event, status: int = 200, **forms: Refusable) -> View:
    show = "suggested" if event.state in drafts.PLANNED else "picked"
    page = setup_page(event, what_if(request.args, usual=show), now=clock.now())
    if wants_fragment() and request.method == "GET":
        return render_template("events/_pull_table.html", page=page)
    plan = drafts.plan_of(event)
    day_form = forms.get("day_form") or DayForm.of(plan, _zone(), page.day_version)
    add_form = forms.get("add_form") or AddStoryForm(formdata=None)
    choice_form = forms.get("choice_form") or ChoiceForm(formdata=None)
    return render_template(
        "events/setup.html", page=page, day_form=day_form, add_form=add_form, choice_form=choice_form,
        is_day_open="day_form" in forms, zone=_zone(), mend=lambda check: _mend(slug=event.slug, check=check),
    ), status  # fmt: skip


def _mend(slug: str, check: Check) -> str:
    """Return the address where what a check found is mended."""
    if check.place is Place.PLAYERS:
        return url_for(".list_players", slug=slug)
    if check.name == "estimates" and check.story_key:
        return url_for("play.story", key=check.story_key, _anchor="estimates")
    if check.place is Place.STORY:
        return url_for("stories.edit_story", key=check.story_key)
    return url_for(".setup", slug=slug, _anchor=ANCHORS[check.place])


@blueprint.post("/events/<slug>/setup/day")
@requires(Permission.ORGANISE_EVENTS)
def change_day(slug: str) -> View:
    """Change the day of an event that is not live yet."""
    event, form = get_event(slug), DayForm()
    form.zone = _zone()

    def act() -> bool:
        plan = form.to_plan()
        if plan:
            drafts.change_day(event, plan, by=signed_in_person(), now=clock.now(), seen=form.seen.data)
        return plan is not None

    if status := attempt(form, act):
        form.seen.data = day_version(event)
        return _setup(event, status, day_form=form)
    return Answer(url_for(".setup", slug=slug, _anchor="day"), message="The day is saved.")


@blueprint.post("/events/<slug>/setup/pull")
@requires(Permission.ORGANISE_EVENTS)
def pull_stories(slug: str) -> View:
    """Fill the board by value for an hour's work; what was decided by hand stays."""
    event, form = get_event(slug), LimitsForm()
    if not form.validate_on_submit():
        flash("The limits of a pull are whole numbers of stories, and hours above nothing.", "error")
        return _setup(event, 422)
    limits = Limits(form.number.data, form.hours.data, form.per_service.data)
    found = board_stories.pull_stories_into(event, limits, by=signed_in_person(), now=clock.now())
    message = f"Pulled {len(found.chosen)} stories, {found.hours:g} hours of work. Each says why it is there."
    return Answer(url_for(".setup", slug=slug, show="picked", _anchor="pull"), message=message)


@blueprint.post("/events/<slug>/setup/stories")
@requires(Permission.ORGANISE_EVENTS)
def choose_stories(slug: str) -> View:
    """Take off what is no longer ticked and put on what is, for the reason given."""
    event, form = get_event(slug), ChoiceForm()
    on_board = board_stories.keys_on(event)
    shown, ticked = set(form.shown.data or ()), set(form.story.data or ())
    add, take_off = sorted((ticked & shown) - on_board), sorted((on_board & shown) - ticked)
    if not add and not take_off:
        return Answer(url_for(".setup", slug=slug, _anchor="pull"), message="Nothing changed.")

    def act() -> object:
        choice = board_stories.Choice(get_stories(add), get_stories(take_off), form.reason.data or "")
        return board_stories.choose_stories(event, choice, by=signed_in_person(), now=clock.now())

    if status := attempt(form, act):
        return _setup(event, status, choice_form=form)
    message = f"{len(add)} put on the board, {len(take_off)} taken off."
    return Answer(url_for(".setup", slug=slug, show="picked", _anchor="pull"), message=message)


@blueprint.post("/events/<slug>/setup/stories/new")
@requires(Permission.ORGANISE_EVENTS)
def add_story(slug: str) -> View:
    """Put one story on the board by hand."""
    event, form = get_event(slug), AddStoryForm()

    def act() -> object:
        (story,) = get_stories([form.key.data])
        return board_stories.add_story(event, story, reason=form.reason.data, by=signed_in_person(), now=clock.now())

    if status := attempt(form, act):
        return _setup(event, status, add_form=form)
    return Answer(url_for(".setup", slug=slug, show="picked", _anchor="pull"), message=f"{form.key.data} is on.")


@blueprint.route("/events/<slug>/setup/rules", methods=["GET", "POST"])
@requires(Permission.ORGANISE_EVENTS)
def change_rules(slug: str) -> View:
    """Change the rules of an event that is not live yet."""
    event = get_event(slug)
    form = RulesForm() if request.method == "POST" else RulesForm.of(_rules(event), rules_version(event))

    def act() -> object:
        return drafts.change_rules(
            event, form.to_rules(), by=signed_in_person(), now=clock.now(), seen=form.seen.data
        )  # fmt: skip

    status = attempt(form, act) if request.method == "POST" else 200
    if not status:
        return Answer(url_for(".setup", slug=slug, _anchor="rules"), message="Saved. Confirm them when they are right.")
    if status == 409:  # noqa: PLR2004  (somebody else was faster: what they saved is now what was seen)
        form.seen.data = rules_version(event)
    return render_template("events/change_rules.html", page=rules_page(event, now=clock.now()), form=form), status


def _rules(event: Event) -> Rules:
    return Rules.from_document(event.rules)


@blueprint.post("/events/<slug>/setup/rules/confirm")
@requires(Permission.ORGANISE_EVENTS)
def confirm_rules(slug: str) -> View:
    """Say that these are the rules to play by."""
    seen = request.form.get("seen")
    drafts.confirm_rules(get_event(slug), by=signed_in_person(), now=clock.now(), seen=seen)
    return Answer(url_for(".setup", slug=slug, _anchor="rules"), message="The rules are confirmed.")


@blueprint.post("/events/<slug>/schedule")
@requires(Permission.ORGANISE_EVENTS)
def schedule_event(slug: str) -> View:
    """Announce an event; what is missing first leads to where it is mended."""
    return _move_on(slug, EventState.DRAFT, running.schedule_event, "is scheduled. People can join now.")


@blueprint.post("/events/<slug>/go-live")
@requires(Permission.ORGANISE_EVENTS)
def go_live(slug: str) -> View:
    """Open the board; what is missing first leads to where it is mended."""
    return _move_on(slug, EventState.SCHEDULED, running.go_live, "is live. The rules are frozen, the board is open.")


def _move_on(slug: str, state: EventState, act: Callable[..., Event], words: str) -> View:
    event, now = get_event(slug), clock.now()
    missing = first_missing(event, now=now) if event.state is state and not request.form.get("anyway") else ()
    if missing:
        message = f"{len(missing)} to do first. Begin with this one: {missing[0].text}."
        return Answer(_mend(slug, missing[0]), message=message)
    try:
        act(event, by=signed_in_person(), now=now)
    except DomainError as refusal:
        release()
        flash(str(refusal), "error")
        return _setup(get_event(slug), int(refusal.status))
    return Answer(url_for(".setup", slug=slug), message=f"{event.name} {words}")


@blueprint.post("/events/<slug>/back-to-draft")
@requires(Permission.ORGANISE_EVENTS)
def back_to_draft(slug: str) -> View:
    """Take a scheduled event back."""
    event = running.back_to_draft(get_event(slug), by=signed_in_person(), now=clock.now())
    return Answer(url_for(".setup", slug=slug), message=f"{event.name} is a draft again.")


@blueprint.get("/events/<slug>/rules")
@requires(Permission.READ)
def rules(slug: str) -> View:
    """Show the rules in words, each with what it prevents."""
    return render_template("events/rules.html", page=rules_page(get_event(slug), now=clock.now()))
