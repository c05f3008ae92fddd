"""Routes of releases: registered by hand, listed, and sent by deploy pipelines to their secret addresses."""

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.errors import DomainError
from gamebash.core.filters import local
from gamebash.core.htmx import Answer, Reply, wants_fragment
from gamebash.core.paging import page_number
from gamebash.core.security import csrf
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, public, requires
from gamebash.staffing.hypercare import hooks
from gamebash.staffing.hypercare.forms import ReleaseForm
from gamebash.staffing.hypercare.models import Release
from gamebash.staffing.hypercare.queries.pages import working_hooks
from gamebash.staffing.hypercare.queries.releases import releases_page, service_choices
from gamebash.staffing.hypercare.releases import Registrar, ReleaseDraft, register_release
from gamebash.stories.queries.proposing import get_service
from gamebash.watch.forms import deploy_time

blueprint = Blueprint("releases", __name__)
pipelines = Blueprint("pipelines", __name__, url_prefix="/hooks/releases")
# A pipeline has no form to take a token from; the one in its secret address is the proof.
csrf.exempt(pipelines)


@blueprint.get("/releases")
@requires(Permission.READ)
def list_releases() -> Reply:
    """List releases, the newest first."""
    q, number = request.args.get("q", "").strip()[:80], page_number(request.args.get("page"))
    page = releases_page(q, number, reader=signed_in_person())
    return render_template("hypercare/_releases.html" if wants_fragment() else "hypercare/releases.html", page=page)


@blueprint.route("/releases/new", methods=["GET", "POST"])
@requires(Permission.REGISTER_RELEASES)
def register() -> Reply:
    """Register a release, and ask those who built it to stay."""
    form = ReleaseForm(deployed_at=local(clock.now()))
    form.offer(service_choices())
    if not form.validate_on_submit():
        return render_template("hypercare/register.html", form=form), 422 if form.errors else 200
    try:
        release = register_release(_draft(form), Registrar(by=signed_in_person()), now=clock.now())
    except DomainError as refusal:
        form.refuse(str(refusal))
        return render_template("hypercare/register.html", form=form), int(refusal.status)
    return _registered(release)


def _draft(form: ReleaseForm) -> ReleaseDraft:
    at = deploy_time(form.deployed_at.data.isoformat())
    service = get_service(form.service.data)
    return ReleaseDraft(service, form.version.data or "", at, form.names, form.url.data or "", asks=form.asks.data)


def _registered(release: Release) -> Answer:
    if release.hypercare is None:
        return Answer(url_for(".list_releases"), message="Registered. Nobody is asked to stay.")
    message = "Registered. Those who built it are asked to stay as L3."
    return Answer(url_for("hypercare.show_hypercare", number=release.hypercare.number), message=message)


@blueprint.get("/releases/hooks")
@requires(Permission.MANAGE_SOURCES)
def list_hooks() -> Reply:
    """Show the addresses for deploy pipelines."""
    return render_template("hypercare/hooks.html", hooks=working_hooks(), made="")


@blueprint.post("/releases/hooks")
@requires(Permission.MANAGE_SOURCES)
def make_hook() -> Reply:
    """Give out an address for a pipeline, shown this once."""
    token = hooks.make_hook(request.form.get("name", ""), by=signed_in_person(), now=clock.now())
    made = url_for("pipelines.receive_release", token=token, _external=True)
    return render_template("hypercare/hooks.html", hooks=working_hooks(), made=made)


@blueprint.post("/releases/hooks/<int:number>/end")
@requires(Permission.MANAGE_SOURCES)
def end_hook(number: int) -> Reply:
    """Let an address stop working."""
    hooks.end_hook(number, by=signed_in_person(), now=clock.now())
    return Answer(url_for(".list_hooks"), message="That address no longer works.")


@pipelines.post("/<token>")
@public
def receive_release(token: str) -> Response:
    """Take in what a pipeline says went out; the token in the address is the proof."""
    receipt = hooks.receive_release(token, request.get_json(force=True, silent=True), now=clock.now())
    answer = {"message": receipt.text}
    if receipt.release and receipt.release.hypercare:
        answer["hypercare"] = url_for("hypercare.show_hypercare", number=receipt.release.hypercare.number)
    response = jsonify(answer)
    response.status_code = receipt.status
    return response
