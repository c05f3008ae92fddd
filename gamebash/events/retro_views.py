"""Routes of the retro: the survey of those who played, its results, and the lessons for the next event."""

from flask import render_template, url_for

from gamebash.core import clock
from gamebash.core.htmx import Answer, Reply
from gamebash.events import lessons, survey
from gamebash.events.queries.found import get_event
from gamebash.events.queries.retro import retro_page
from gamebash.events.retro_forms import LessonForm, SurveyForm
from gamebash.events.talk_views import blueprint as blueprint
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, requires


@blueprint.get("/events/<slug>/retro")
@requires(Permission.READ)
def retro(slug: str) -> Reply:
    """Show the survey's form to those who may answer, and its results once they may be seen."""
    return _retro(slug, SurveyForm(formdata=None))


@blueprint.post("/events/<slug>/retro")
@requires(Permission.PLAY)
def answer_survey(slug: str) -> Reply:
    """Take an answer."""
    form = SurveyForm()
    if not form.validate():
        return _retro(slug, form), 422
    survey.answer_survey(get_event(slug), form.to_draft(), by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("events.retro", slug=slug), message="Thank you. Nobody can tell that it was you.")


@blueprint.post("/events/<slug>/lessons")
@requires(Permission.ORGANISE_EVENTS)
def choose_lesson(slug: str) -> Reply:
    """Keep a lesson for the next event of the series."""
    lessons.choose_lesson(get_event(slug), LessonForm().text.data or "", by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("events.retro", slug=slug), message="Kept. The next draft of the series shows it.")


@blueprint.post("/events/<slug>/lessons/<int:number>/tick-off")
@requires(Permission.ORGANISE_EVENTS)
def tick_off_lesson(slug: str, number: int) -> Reply:
    """Say that a lesson is heeded."""
    event = get_event(slug)
    lessons.tick_off_lesson(event, number, by=signed_in_person(), now=clock.now())
    to = "events.setup" if event.closed_at is None else "events.retro"
    return Answer(to=url_for(to, slug=slug), message="Ticked off.")


def _retro(slug: str, form: SurveyForm) -> str:
    page = retro_page(get_event(slug), signed_in_person(), now=clock.now())
    return render_template("events/retro.html", page=page, form=form, lesson=LessonForm(formdata=None))
