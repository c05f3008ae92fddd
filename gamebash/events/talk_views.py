"""Routes of what is said: announcements and questions."""

from flask import redirect, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.forms import Refusable
from gamebash.core.htmx import Answer, wants_fragment
from gamebash.core.paging import page_number
from gamebash.events import announcements, questions
from gamebash.events.forms import AnnouncementForm, AnswerForm, QuestionForm
from gamebash.events.models import Event
from gamebash.events.player_views import blueprint as blueprint
from gamebash.events.queries.found import get_event
from gamebash.events.queries.talk import Asked, banners_of, questions_page
from gamebash.events.views import View, attempt, is_organiser
from gamebash.people.identity import signed_in_person
from gamebash.people.locals import local_path
from gamebash.policy import Permission, requires


@blueprint.get("/events/<slug>/announcements")
@requires(Permission.READ)
def list_banners(slug: str) -> View:
    """Show what was announced and not put away, for a page that is open."""
    banners = banners_of(get_event(slug).slug, signed_in_person().id)
    if not wants_fragment():
        return redirect(url_for(".list_questions", slug=slug), 303)
    return render_template("events/_banners.html", banners=banners, slug=slug)


@blueprint.post("/events/<slug>/announcements")
@requires(Permission.ORGANISE_EVENTS)
def announce(slug: str) -> View:
    """Tell everybody something."""
    event, form = get_event(slug), AnnouncementForm()
    text = form.text.data or ""
    if status := attempt(form, lambda: announcements.announce(event, text, by=signed_in_person(), now=clock.now())):
        return _questions(event, status, announcement_form=form)
    return Answer(url_for(".list_questions", slug=slug), message="Announced. It stays until each has put it away.")


@blueprint.post("/events/<slug>/announcements/<int:number>/withdraw")
@requires(Permission.ORGANISE_EVENTS)
def withdraw_announcement(slug: str, number: int) -> View:
    """Take an announcement back."""
    found = announcements.get_announcement(get_event(slug), number)
    announcements.withdraw_announcement(found, by=signed_in_person(), now=clock.now())
    return Answer(url_for(".list_questions", slug=slug), message="It is off every page.")


@blueprint.post("/events/<slug>/announcements/<int:number>/dismiss")
@requires(Permission.READ)
def dismiss_announcement(slug: str, number: int) -> View:
    """Put an announcement away."""
    me, event = signed_in_person(), get_event(slug)
    announcements.dismiss_announcement(announcements.get_announcement(event, number), me, now=clock.now())
    back = local_path(request.form.get("next"), url_for("play.board", slug=slug))
    return Answer(back, lambda: render_template("events/_banners.html", banners=banners_of(slug, me.id), slug=slug))


@blueprint.get("/events/<slug>/questions")
@requires(Permission.READ)
def list_questions(slug: str) -> View:
    """Show what was announced, asked and answered."""
    return _questions(get_event(slug))


def _questions(event: Event, status: int = 200, **forms: Refusable) -> View:
    asked = Asked(request.args.get("q", "").strip()[:80], page_number(request.args.get("page")))
    page = questions_page(event, signed_in_person(), is_organiser=is_organiser(), asked=asked, now=clock.now())
    if wants_fragment() and request.method == "GET":
        return render_template("events/_answered.html", page=page)
    question_form = forms.get("question_form") or QuestionForm(formdata=None)
    announcement_form = forms.get("announcement_form") or AnnouncementForm(formdata=None)
    return render_template(
        "events/questions.html", page=page, question_form=question_form, announcement_form=announcement_form
    ), status


@blueprint.post("/events/<slug>/questions")
@requires(Permission.PLAY)
def ask_question(slug: str) -> View:
    """Ask the organisers."""
    event, form, me = get_event(slug), QuestionForm(), signed_in_person()
    if status := attempt(form, lambda: questions.ask_question(event, form.text.data, person=me, now=clock.now())):
        return _questions(event, status, question_form=form)
    return Answer(url_for(".list_questions", slug=slug), message="Asked. You are told when it is answered.")


@blueprint.post("/events/<slug>/questions/<int:number>/answer")
@requires(Permission.ORGANISE_EVENTS)
def answer_question(slug: str, number: int) -> View:
    """Answer a question, to one or to all."""
    event, form = get_event(slug), AnswerForm()
    question = questions.get_question(event, number)
    questions.answer_question(
        question, form.words, is_to_all=bool(form.to_all.data), by=signed_in_person(), now=clock.now()
    )
    return Answer(url_for(".list_questions", slug=slug), message="Answered.")
