"""Routes of triage: the groups to decide, one key each."""

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Blueprint, render_template, request, url_for

from gamebash.backlog import decisions, owning, undoing
from gamebash.backlog.incidents import get_problem, incidents_of
from gamebash.backlog.models import Decision, Problem
from gamebash.backlog.queries.incidents import find_service
from gamebash.backlog.queries.triage import TriageFilter, triage_page
from gamebash.backlog.second_person import Kept
from gamebash.backlog.triage_forms import DecideForm
from gamebash.core import clock
from gamebash.core.errors import InvalidError, NotFoundError
from gamebash.core.htmx import Answer, Reply, wants_fragment
from gamebash.people.identity import signed_in_person
from gamebash.people.models import Person
from gamebash.people.persons import get_person
from gamebash.policy import Permission, requires

blueprint = Blueprint("triage", __name__, url_prefix="/backlog/triage")


@blueprint.get("")
@requires(Permission.READ)
def triage() -> Reply:
    """Show the groups to decide."""
    return _rendered()


@blueprint.post("/<verb>")
@requires(Permission.TRIAGE)
def decide(verb: str) -> Reply:
    """Decide about the problems chosen, each by itself; what was decided can be undone for ten minutes."""
    if verb not in VERBS:
        raise NotFoundError("There is no such decision.")
    form, by, now = DecideForm(), signed_in_person(), clock.now()
    keys = request.form.getlist("problem")
    if not keys:
        raise InvalidError("Choose at least one group.")
    made = [VERBS[verb](get_problem(key), form, by, now) for key in keys]
    return Answer(to=_address(), fragment=_rendered, message=_said(made, "Undo with U, for ten minutes."))


@blueprint.post("/undo/<reference>")
@requires(Permission.TRIAGE)
def undo_decision(reference: str) -> Reply:
    """Take a decision back."""
    found = undoing.get_decision(reference)
    undoing.undo_decision(found, by=signed_in_person(), now=clock.now())
    return Answer(to=_address(), fragment=_rendered, message=f"Undone: {found.summary}.")


@blueprint.post("/problems/<key>/split")
@requires(Permission.TRIAGE)
def split_problem(key: str) -> Reply:
    """Split incidents off a problem, or move them to another one."""
    problem, by, now = get_problem(key), signed_in_person(), clock.now()
    chosen = incidents_of(problem, request.form.getlist("incident"))
    if into := request.form.get("into", "").strip():
        made = decisions.move_incidents(chosen, get_problem(into), by=by, now=now)
    else:
        made = decisions.split_problem(problem, chosen, request.form.get("title", ""), by=by, now=now)
    message = _said([made], "It can be undone for ten minutes on Triage.")
    return Answer(to=url_for("backlog.problem", key=key), message=message)


@blueprint.post("/problems/<key>/solve")
@requires(Permission.TRIAGE)
def solve_problem(key: str) -> Reply:
    """Say that a problem is solved."""
    made = decisions.solve_problem(get_problem(key), by=signed_in_person(), now=clock.now())
    message = _said([made], "If it comes back, it opens again.")
    return Answer(to=url_for("backlog.problem", key=key), message=message)


@blueprint.post("/services/<slug>")
@requires(Permission.TRIAGE)
def set_triage(slug: str) -> Reply:
    """Name who decides about a service's problems, and within how many days."""
    service = find_service(slug)
    if service is None:
        raise NotFoundError(f"There is no service {slug}.")
    handle, days = request.form.get("owner", ""), request.form.get("days", type=int) or 0
    owning.set_triage(service, get_person(handle) if handle else None, days, by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("triage.triage", service=slug), message="Saved.")


def _said(made: Sequence[Decision | Kept], then: str) -> str:
    """Return what became of decisions: made, with what can be done about them, or kept for somebody else to confirm."""
    kept = [one.summary for one in made if isinstance(one, Kept)]
    decided = [one.summary for one in made if not isinstance(one, Kept)]
    words = (
        f"{decided[0]}. {then}" if len(decided) == 1 else f"{len(decided)} groups decided. {then}" if decided else ""
    )
    return " ".join(
        [*([words] if words else []), *kept[:1], *([f"So are {len(kept) - 1} more."] if len(kept) > 1 else [])]
    )


def _noise(problem: Problem, form: DecideForm, by: Person, now: datetime) -> Decision | Kept:
    return decisions.call_problem_noise(problem, form.reason.data or "", by=by, now=now)


def _merge(problem: Problem, form: DecideForm, by: Person, now: datetime) -> Decision | Kept:
    return decisions.merge_problem(problem, get_problem(form.into.data or ""), by=by, now=now)


def _later(problem: Problem, form: DecideForm, by: Person, now: datetime) -> Decision | Kept:
    return decisions.snooze_problem(problem, form.until_or_usual(now), by=by, now=now)


def _accept(problem: Problem, form: DecideForm, by: Person, now: datetime) -> Decision | Kept:  # noqa: ARG001 one shape for all
    return decisions.accept_problem(problem, by=by, now=now)


VERBS: dict[str, Callable[[Problem, DecideForm, Person, datetime], Decision | Kept]] = {
    "noise": _noise,
    "merge": _merge,
    "later": _later,
    "accept": _accept,
}


def _filter() -> TriageFilter:
    get = request.values.get
    return TriageFilter(get("service", ""), get("team", ""), get("by", "weight"), get("at", ""))


def _address() -> str:
    chosen = _filter()
    by = chosen.by if chosen.by != "weight" else None
    return url_for("triage.triage", service=chosen.service or None, team=chosen.team or None, by=by)


def _rendered() -> str:
    page = triage_page(_filter(), viewer=signed_in_person(), now=clock.now())
    form = DecideForm(formdata=None)
    is_part = wants_fragment()
    name = "backlog/_triage.html" if is_part else "backlog/triage.html"
    return render_template(name, page=page, form=form, is_part=is_part)
