"""Routes of an event's shared goal."""

from flask import Blueprint, render_template, url_for

from gamebash.core import clock
from gamebash.core.htmx import Answer, Reply
from gamebash.events import goals
from gamebash.events.forms import GoalForm
from gamebash.events.queries.found import get_event
from gamebash.events.queries.goals import goal_page
from gamebash.events.shared_goal import Goal, GoalMeasure
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, requires

blueprint = Blueprint("goals", __name__)


@blueprint.route("/events/<slug>/goal", methods=["GET", "POST"])
@requires(Permission.ORGANISE_EVENTS)
def set_goal(slug: str) -> Reply:
    """Set what everybody fills together."""
    event, now = get_event(slug), clock.now()
    page = goal_page(event, now=now)
    form = GoalForm(data=page.values)
    if not form.validate_on_submit():
        return render_template("events/goal.html", page=page, form=form), 422 if form.errors else 200
    goal = Goal(GoalMeasure(form.measure.data), form.target.data or 0.0, form.reward.data or "")
    goals.set_goal(event, goal, by=signed_in_person(), now=now)
    return Answer(to=url_for("play.board", slug=slug), message="Everybody sees the goal now.")


@blueprint.post("/events/<slug>/goal/drop")
@requires(Permission.ORGANISE_EVENTS)
def drop_goal(slug: str) -> Reply:
    """Do without it."""
    goals.drop_goal(get_event(slug), by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("play.board", slug=slug), message="There is no shared goal any more.")
