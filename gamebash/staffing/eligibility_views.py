"""Routes of eligibility: the rule, who meets it, and managers' words."""

from flask import Blueprint, render_template, url_for

from gamebash.core import clock
from gamebash.core.htmx import Answer, Reply
from gamebash.people.identity import signed_in_person
from gamebash.people.persons import get_person
from gamebash.policy import Permission, is_allowed, requires
from gamebash.staffing import words
from gamebash.staffing.forms import EligibilityForm
from gamebash.staffing.queries.eligibility import EligibilityPage, eligibility_page
from gamebash.staffing.rulebook import RuleKind
from gamebash.staffing.rules import set_rule

blueprint = Blueprint("eligibility", __name__)


def _page() -> EligibilityPage:
    can_set = is_allowed(signed_in_person().roles, Permission.PLAN_STAFFING)
    return eligibility_page(signed_in_person(), today=clock.now().date(), can_set=can_set)


@blueprint.get("/eligibility")
@requires(Permission.READ)
def show_rule() -> Reply:
    """Show the rule; to managers everybody in ops with it, to anybody else in ops themselves."""
    page = _page()
    form = EligibilityForm(formdata=None, obj=page.rule, seen=page.version.number)
    return render_template("staffing/eligibility.html", page=page, form=form)


@blueprint.post("/eligibility")
@requires(Permission.PLAN_STAFFING)
def change_rule() -> Reply:
    """Set the rule anew."""
    form = EligibilityForm()
    if not form.validate():
        return render_template("staffing/eligibility.html", page=_page(), form=form), 422
    set_rule(RuleKind.ELIGIBILITY, form.document(), seen=form.seen.data, by=signed_in_person(), now=clock.now())
    return Answer(url_for(".show_rule"), message="The rule is set. Everybody it is about can read it.")


@blueprint.post("/eligibility/<handle>/give-word")
@requires(Permission.PLAN_STAFFING)
def give_word(handle: str) -> Reply:
    """Give one's word for somebody."""
    person = get_person(handle)
    words.give_word(person, is_given=True, by=signed_in_person(), now=clock.now())
    return Answer(url_for(".show_rule"), message=f"{person.name} has your word.")


@blueprint.post("/eligibility/<handle>/take-word-back")
@requires(Permission.PLAN_STAFFING)
def take_word_back(handle: str) -> Reply:
    """Take back that a manager's word was given."""
    person = get_person(handle)
    words.give_word(person, is_given=False, by=signed_in_person(), now=clock.now())
    return Answer(url_for(".show_rule"), message=f"{person.name} no longer has a manager's word.")
