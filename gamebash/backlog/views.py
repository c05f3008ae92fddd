"""Routes of the backlog: problems, incidents, imports."""

from flask import Blueprint, render_template, request, url_for

from gamebash.backlog import incidents as deeds
from gamebash.backlog.forms import CauseForm, MappingForm, NoiseForm, UploadForm, shown_mapping
from gamebash.backlog.imports import runs
from gamebash.backlog.imports.mapping import Mapping
from gamebash.backlog.models import RootCause
from gamebash.backlog.queries.imports import run_page, runs_page
from gamebash.backlog.queries.incidents import IncidentFilter, incidents_for_export, incidents_page
from gamebash.backlog.queries.problems import ProblemFilter, problem_page, problems_page
from gamebash.backlog.second_person import Kept
from gamebash.core import clock
from gamebash.core.days import day_of
from gamebash.core.errors import InvalidError
from gamebash.core.exports import csv_download
from gamebash.core.htmx import Answer, Reply, wants_fragment
from gamebash.core.paging import page_number
from gamebash.core.security import takes_uploads
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, requires

blueprint = Blueprint("backlog", __name__, url_prefix="/backlog")

COLUMNS = (
    "source",
    "id",
    "title",
    "service",
    "severity",
    "status",
    "opened",
    "resolved",
    "minutes",
    "problem",
    "noise",
    "url",
)


@blueprint.get("")
@requires(Permission.READ)
def list_problems() -> Reply:
    """List problems under their Pareto."""
    get = request.args.get
    number = page_number(get("page"))
    chosen = ProblemFilter(
        get("q", ""), get("service", ""), get("state", ""), get("sort", "value"), get("by", "weight"), number
    )
    return render_template(
        "backlog/_problems.html" if wants_fragment() else "backlog/problems.html", page=problems_page(chosen)
    )


@blueprint.get("/problems/<key>")
@requires(Permission.READ)
def problem(key: str) -> Reply:
    """Show one problem."""
    page = problem_page(deeds.get_problem(key), now=clock.now())
    form = CauseForm(formdata=None, cause=page.problem.root_cause.value if page.problem.root_cause else "")
    return render_template("backlog/problem.html", page=page, form=form)


@blueprint.post("/problems/<key>/cause")
@requires(Permission.TRIAGE)
def name_root_cause(key: str) -> Reply:
    """Name a problem's root cause."""
    form = CauseForm()
    if not form.validate():
        raise InvalidError("Choose one of the root causes.")
    cause = RootCause(form.cause.data) if form.cause.data else None
    deeds.name_root_cause(deeds.get_problem(key), cause, by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("backlog.problem", key=key), message="The root cause is named.")


@blueprint.get("/incidents")
@requires(Permission.READ)
def list_incidents() -> Reply:
    """List incidents, or save them as CSV."""
    chosen = _incident_filter()
    if request.args.get("format") == "csv":
        rows = [
            (
                one.source.name, one.external_id, one.title, one.service.name, one.severity.value, one.status.value,
                one.opened_at.isoformat(), one.resolved_at.isoformat() if one.resolved_at else "", one.impact_minutes,
                one.problem.key if one.problem else "", one.noise_reason if one.is_noise else "", one.url,
            )
            for one in incidents_for_export(chosen)
        ]  # fmt: skip
        return csv_download("incidents", COLUMNS, rows)
    return render_template(
        "backlog/_incidents.html" if wants_fragment() else "backlog/incidents.html", page=incidents_page(chosen)
    )


@blueprint.get("/incidents/<source>/<path:external_id>")
@requires(Permission.READ)
def incident(source: str, external_id: str) -> Reply:
    """Show one incident."""
    return render_template(
        "backlog/incident.html", page=deeds.get_incident(source, external_id), form=NoiseForm(formdata=None)
    )


@blueprint.post("/noise/<source>/<path:external_id>")
@requires(Permission.TRIAGE)
def judge_noise(source: str, external_id: str) -> Reply:
    """Call an incident noise, or real."""
    found, is_noise = deeds.get_incident(source, external_id), request.form.get("noise") == "1"
    reason = NoiseForm().reason.data or ""
    made = deeds.judge_noise(found, is_noise=is_noise, reason=reason, by=signed_in_person(), now=clock.now())
    message = "Called noise. It stays counted." if is_noise else "Called real."
    message = made.summary if isinstance(made, Kept) else message
    return Answer(to=url_for("backlog.incident", source=source, external_id=external_id), message=message)


@blueprint.get("/imports")
@requires(Permission.IMPORT_INCIDENTS)
def list_runs() -> Reply:
    """List imports."""
    return render_template("backlog/runs.html", page=runs_page(page_number(request.args.get("page"))))


@blueprint.route("/imports/new", methods=["GET", "POST"])
@takes_uploads
@requires(Permission.IMPORT_INCIDENTS)
def new_import() -> Reply:
    """Upload a file."""
    form = UploadForm()
    if not form.validate_on_submit():
        return render_template("backlog/new_import.html", page=runs_page(1), form=form), 422 if form.errors else 200
    file, source = form.file.data, form.source.data or ""
    try:
        run = runs.receive_file(file.stream, file.filename, source, by=signed_in_person(), now=clock.now())
    except InvalidError as error:
        form.file.errors = [str(error)]
        return render_template("backlog/new_import.html", page=runs_page(1), form=form), 422
    return Answer(to=url_for("backlog.run", reference=run.reference))


@blueprint.get("/imports/<reference>")
@requires(Permission.IMPORT_INCIDENTS)
def run(reference: str) -> Reply:
    """Show an import: its preview, its progress, or its result."""
    page = run_page(runs.get_run(reference), page_number(request.args.get("page")), now=clock.now())
    mapping = page.preview.mapping if page.preview else Mapping()
    form = MappingForm(formdata=None, **shown_mapping(mapping))
    return render_template("backlog/_progress.html" if wants_fragment() else "backlog/run.html", page=page, form=form)


@blueprint.post("/imports/<reference>/confirm")
@requires(Permission.IMPORT_INCIDENTS)
def confirm_run(reference: str) -> Reply:
    """Begin an import by the mapping as chosen."""
    mapping = MappingForm().to_mapping(request.form)
    runs.confirm_run(runs.get_run(reference), mapping, by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("backlog.run", reference=reference))


@blueprint.post("/imports/<reference>/cancel")
@requires(Permission.IMPORT_INCIDENTS)
def cancel_run(reference: str) -> Reply:
    """Stop an import."""
    runs.cancel_run(runs.get_run(reference), by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("backlog.run", reference=reference), message="Stopped. What went in stays.")


def _incident_filter() -> IncidentFilter:
    get = request.args.get
    return IncidentFilter(
        words=get("q", ""), service=get("service", ""), severity=get("severity", ""), status=get("status", ""),
        noise=get("noise", ""), problem=get("problem", ""), from_on=day_of(get("from")), to_on=day_of(get("to")),
        sort=get("sort", "newest"), page=page_number(get("page")),
    )  # fmt: skip
