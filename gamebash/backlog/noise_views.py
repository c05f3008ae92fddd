"""Routes of noise: how much there is, the rules, and what a rule would hide."""

from flask import Blueprint, render_template, request, url_for

from gamebash.backlog import noise_rules
from gamebash.backlog.noise_forms import RuleForm
from gamebash.backlog.queries.incidents import find_service, service_choices
from gamebash.backlog.queries.noise import dry_run, noise_page
from gamebash.backlog.second_person import Kept
from gamebash.core import clock
from gamebash.core.errors import InvalidError
from gamebash.core.forms import choices
from gamebash.core.htmx import Answer, Reply
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, requires

blueprint = Blueprint("noise", __name__, url_prefix="/backlog/noise")


@blueprint.get("")
@requires(Permission.READ)
def list_noise() -> Reply:
    """Show noise and the rules against it."""
    return render_template("backlog/noise.html", page=noise_page(now=clock.now()))


@blueprint.route("/rules/new", methods=["GET", "POST"])
@requires(Permission.TRIAGE)
def write_rule() -> Reply:
    """Write a rule as a draft."""
    form = RuleForm(service=request.args.get("service", ""), title=request.args.get("title", ""))
    form.service.choices = choices([("", "Every service"), *service_choices()])
    if form.validate_on_submit():
        try:
            conditions = form.conditions(find_service(form.service.data or ""))
            rule = noise_rules.write_rule(form.wording(), conditions, by=signed_in_person(), now=clock.now())
            return Answer(to=url_for("noise.rule", key=rule.key), message="Written. See what it would have hidden.")
        except InvalidError as error:
            form.name.errors = [str(error)]
    return render_template("backlog/noise_rule_form.html", page=form), 422 if form.errors else 200


@blueprint.get("/rules/<key>")
@requires(Permission.READ)
def rule(key: str) -> Reply:
    """Show a rule and what it would have hidden."""
    found = noise_rules.get_rule(key)
    return render_template("backlog/noise_rule.html", page={"rule": found, "dry": dry_run(found)})


@blueprint.post("/rules/<key>/on")
@requires(Permission.TRIAGE)
def switch_on(key: str) -> Reply:
    """Switch a rule on."""
    knows = request.form.get("knows_severe") == "1"
    made = noise_rules.switch_on(noise_rules.get_rule(key), knows_severe=knows, by=signed_in_person(), now=clock.now())
    message = made.summary if isinstance(made, Kept) else "It is on. What is there is gone through now."
    return Answer(to=url_for("noise.rule", key=key), message=message)


@blueprint.post("/rules/<key>/off")
@requires(Permission.TRIAGE)
def switch_off(key: str) -> Reply:
    """Switch a rule off."""
    noise_rules.switch_off(noise_rules.get_rule(key), by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("noise.rule", key=key), message="It is off. What it marked counts again.")
