"""Routes of awards while an event is judged, for organisers."""

from flask import render_template, url_for

from gamebash.ceremony import awards
from gamebash.ceremony.award_rules import AwardRule
from gamebash.ceremony.forms import GivenAwardForm, ProposalForm, ReasonForm
from gamebash.ceremony.queries.judging import judging_page
from gamebash.ceremony.views import blueprint as blueprint
from gamebash.core import clock
from gamebash.core.errors import InvalidError
from gamebash.core.forms import choices
from gamebash.core.htmx import Answer, Reply
from gamebash.events.queries.found import get_event
from gamebash.people.identity import signed_in_person
from gamebash.people.persons import get_person
from gamebash.points.queries import get_player
from gamebash.policy import Permission, requires


@blueprint.get("/events/<slug>/judging")
@requires(Permission.ORGANISE_EVENTS)
def judging(slug: str) -> Reply:
    """Show what still waits before the event can close, and its awards."""
    return _judging(slug, GivenAwardForm(formdata=None))


@blueprint.post("/events/<slug>/awards")
@requires(Permission.CORRECT_POINTS)
def give_award(slug: str) -> Reply:
    """Give an award by hand."""
    form = GivenAwardForm()
    if not form.validate():
        return _judging(slug, form), 422
    player = get_player(get_event(slug), form.handle.data)
    draft = awards.AwardDraft(form.title.data or "", form.reason.data or "", form.points.data or 0)
    awards.give_award(player, draft, by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("ceremony.judging", slug=slug), message="Given. It is read out at the ceremony.")


@blueprint.post("/events/<slug>/awards/leave-out")
@requires(Permission.ORGANISE_EVENTS)
def leave_out_award(slug: str) -> Reply:
    """Leave out what a rule proposes."""
    form = ProposalForm()
    awards.leave_out_award(
        get_event(slug), _which(form), reason=form.reason.data or "", by=signed_in_person(), now=clock.now()
    )
    return Answer(to=url_for("ceremony.judging", slug=slug), message="Left out, with your reason on record.")


@blueprint.post("/events/<slug>/awards/put-back")
@requires(Permission.ORGANISE_EVENTS)
def put_back_award(slug: str) -> Reply:
    """Give what was left out after all."""
    awards.put_back_award(get_event(slug), _which(ProposalForm()), by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("ceremony.judging", slug=slug), message="It will be given.")


@blueprint.post("/events/<slug>/awards/take-back")
@requires(Permission.CORRECT_POINTS)
def take_back_award(slug: str) -> Reply:
    """Take back an award by hand."""
    form = GivenAwardForm()
    person = get_person(form.handle.data or "")
    awards.take_back_award(
        get_event(slug), person, form.title.data or "", by=signed_in_person(), now=clock.now()
    )  # fmt: skip
    return Answer(to=url_for("ceremony.judging", slug=slug), message="Taken back.")


def _judging(slug: str, given: GivenAwardForm) -> str:
    page = judging_page(get_event(slug), now=clock.now())
    given.handle.choices = choices(page.players)
    return render_template("ceremony/judging.html", page=page, form=ReasonForm(formdata=None), given=given)


def _which(form: ProposalForm) -> awards.RuleAward:
    if not form.validate():
        raise InvalidError("Choose an award of the list.")
    return awards.RuleAward(AwardRule(form.rule.data), get_person(form.handle.data or ""))
