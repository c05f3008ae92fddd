"""Routes of stories: the list, writing one, readying and dropping it. A story's own page is in ``play``."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from gamebash.backlog.incidents import get_incident
from gamebash.core import clock
from gamebash.core.days import moment_of
from gamebash.core.errors import DomainError
from gamebash.core.exports import csv_download
from gamebash.core.htmx import Answer, wants_fragment
from gamebash.core.paging import page_number
from gamebash.people.identity import signed_in_person
from gamebash.people.persons import get_person
from gamebash.policy import Permission, requires
from gamebash.stories import estimates, starters, stories
from gamebash.stories.export import HEADER, csv_rows
from gamebash.stories.forms import DropForm, GradeForm, StarterForm, StoryForm
from gamebash.stories.grades import Grade
from gamebash.stories.grounds import Evidence
from gamebash.stories.queries.alike import alike_page
from gamebash.stories.queries.editing import EditPage, edit_page
from gamebash.stories.queries.found import find_open_story, get_story
from gamebash.stories.queries.listing import StoryFilter, all_matching, story_list_page
from gamebash.stories.queries.proposing import Proposal, find_team, form_choices, get_evidence, get_service, proposal_of

blueprint = Blueprint("stories", __name__)

# What Flask takes from a view, or our Answer, which its types do not know.
View = Any


@blueprint.get("/stories")
@requires(Permission.READ)
def list_stories() -> View:
    """Show the stories that the address asks for."""
    wanted = StoryFilter.from_address(request.args)
    page = story_list_page(wanted, page_number(request.args.get("page")), now=clock.now())
    return render_template("stories/_list.html" if wants_fragment() else "stories/list.html", page=page)


@blueprint.get("/stories/export.csv")
@requires(Permission.READ)
def export_stories() -> View:
    """Hand out the stories that the address asks for as a table for spreadsheets."""
    now = clock.now()
    lines = all_matching(StoryFilter.from_address(request.args), now=now)
    return csv_download(f"stories-{now:%Y-%m-%d}", HEADER, csv_rows(lines))


@blueprint.get("/backlog/alike/<source>/<path:external_id>")
@requires(Permission.READ)
def alike(source: str, external_id: str) -> View:
    """Show what was seen before of an incident, with what was done about it."""
    page = alike_page(get_incident(source, external_id))
    return render_template("stories/_alike.html" if wants_fragment() else "stories/alike.html", page=page)


@blueprint.route("/stories/new", methods=["GET", "POST"])
@requires(Permission.PROPOSE_STORIES)
def new_story() -> View:
    """Write a story, by hand or from the problem, noise or incident that the address names."""
    evidence = get_evidence(**{name: request.args.get(name, "") for name in ("problem", "noise", "incident")})
    if request.method == "GET" and (other := find_open_story(evidence)):
        flash(f"{other.key} is about that already.", "info")
        return redirect(url_for("play.story", key=other.key))
    proposal = proposal_of(evidence, now=clock.now())
    form = _form(data={"title": proposal.title, "service": proposal.service_slug})
    if not form.validate_on_submit():
        return render_template("stories/new.html", page=proposal, form=form), 422 if form.errors else 200
    return _propose(form, evidence, proposal)


def _propose(form: StoryForm, evidence: Evidence, proposal: Proposal) -> View:
    try:
        story = stories.propose_story(_content(form), evidence, by=signed_in_person(), now=clock.now())
    except DomainError as refusal:
        form.refuse(str(refusal))
        return render_template("stories/new.html", page=proposal, form=form), int(refusal.status)
    return Answer(url_for("play.story", key=story.key), message=f"{story.key} is proposed.")


@blueprint.route("/stories/<key>/edit", methods=["GET", "POST"])
@requires(Permission.SHAPE_STORIES)
def edit_story(key: str) -> View:
    """Rewrite a story, see what it lacks, make it ready or drop it."""
    story = get_story(key)
    page = edit_page(story)
    form = _form(data=page.values)
    if not form.validate_on_submit():
        return _edit(page, form, DropForm(formdata=None), 422 if form.errors else 200)
    try:
        stories.edit_story(story, _content(form), seen_at=_seen(form), by=signed_in_person(), now=clock.now())
    except DomainError as refusal:
        form.refuse(str(refusal))
        return _edit(page, form, DropForm(formdata=None), int(refusal.status))
    return Answer(url_for("play.story", key=key), message=f"{key} is saved.")


@blueprint.post("/stories/<key>/ready")
@requires(Permission.SHAPE_STORIES)
def make_ready(key: str) -> View:
    """Let a story be pulled."""
    stories.make_ready(get_story(key), by=signed_in_person(), now=clock.now())
    return Answer(url_for("play.story", key=key), message=f"{key} is ready to be pulled.")


@blueprint.post("/stories/<key>/second-estimate")
@requires(Permission.SHAPE_STORIES)
def estimate_again(key: str) -> View:
    """Keep what somebody else thinks a story takes."""
    estimates.estimate_again(get_story(key), GradeForm().to_grade(), by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("play.story", key=key, _anchor="estimates"), message="Kept. The smaller estimate is paid.")


@blueprint.post("/stories/<key>/drop")
@requires(Permission.SHAPE_STORIES)
def drop_story(key: str) -> View:
    """Drop a story for a reason."""
    story = get_story(key)
    form = DropForm()
    if not form.validate_on_submit():
        page = edit_page(story)
        return _edit(page, _form(data=page.values, formdata=None), form, 422)
    stories.drop_story(story, form.reason.data or "", by=signed_in_person(), now=clock.now())
    return Answer(url_for("play.story", key=key), message=f"{key} is dropped.")


@blueprint.post("/stories/<key>/starter")
@requires(Permission.SHAPE_STORIES)
def mark_starter(key: str) -> View:
    """Say that a story is good for a first fix, and who helps."""
    form, by, now = StarterForm(), signed_in_person(), clock.now()
    hints = starters.Hints(form.runbook_url.data or "", form.pointers.data or "", form.known_from.data or "")
    starters.mark_starter(get_story(key), get_person(form.helper), hints, by=by, now=now)
    return Answer(url_for("play.story", key=key, _anchor="starter"), message="Kept. A mentor counts once they agree.")


@blueprint.post("/stories/<key>/starter/unmark")
@requires(Permission.SHAPE_STORIES)
def unmark_starter(key: str) -> View:
    """Take the mark off again."""
    starters.unmark_starter(get_story(key), by=signed_in_person(), now=clock.now())
    return Answer(url_for("play.story", key=key), message=f"{key} is no story to begin with any more.")


@blueprint.post("/stories/<key>/starter/agree")
@requires(Permission.PROPOSE_STORIES)
def agree_to_mentor(key: str) -> View:
    """Agree to help with a first fix."""
    starters.agree_to_mentor(get_story(key), by=signed_in_person(), now=clock.now())
    return Answer(url_for("play.story", key=key), message="Thank you. Newcomers see your name beside it.")


@blueprint.post("/stories/<key>/starter/decline")
@requires(Permission.PROPOSE_STORIES)
def decline_to_mentor(key: str) -> View:
    """Say that one cannot help."""
    starters.decline_to_mentor(get_story(key), by=signed_in_person(), now=clock.now())
    return Answer(url_for("play.story", key=key), message="Declined. Whoever asked you is told.")


def _edit(page: EditPage, form: StoryForm, drop: DropForm, status: int) -> View:
    return render_template("stories/edit.html", page=page, form=form, drop=drop), status


def _form(**given: Any) -> StoryForm:
    form = StoryForm(**given)
    offered = form_choices()
    form.offer(offered.services, offered.teams)
    return form


def _content(form: StoryForm) -> stories.Content:
    return stories.Content(
        title=form.title.data or "",
        service=get_service(form.service.data),
        effort_hours=form.effort_hours.data or 0.0,
        why=form.why.data or "",
        description=form.description.data or "",
        acceptance_criteria=form.acceptance_criteria.data or "",
        team=find_team(form.team.data),
        grade=Grade(form.grade.data) if form.grade.data else None,
    )


def _seen(form: StoryForm) -> datetime | None:
    return moment_of(form.seen_at.data)
