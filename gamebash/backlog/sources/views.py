"""Routes of sources: adding one, trying it, its words for severity, syncing."""

from flask import Blueprint, flash, render_template, request, url_for

from gamebash.backlog.models import Source, SourceKind
from gamebash.backlog.queries.sources import label_of, source_page, sources_page
from gamebash.backlog.severity import Severity
from gamebash.backlog.sources import setting_up
from gamebash.backlog.sources.asking import try_connection
from gamebash.backlog.sources.forms import SourceForm, words_sent
from gamebash.backlog.sources.registry import CONNECTORS
from gamebash.backlog.webhooks.registry import HOOKS
from gamebash.core import clock
from gamebash.core.db import release
from gamebash.core.errors import InvalidError, NotFoundError
from gamebash.core.htmx import Answer, Reply
from gamebash.core.http import RemoteError
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, requires

blueprint = Blueprint("sources", __name__, url_prefix="/backlog/sources")


@blueprint.get("")
@requires(Permission.MANAGE_SOURCES)
def list_sources() -> Reply:
    """List sources."""
    return render_template("backlog/sources.html", page=sources_page())


@blueprint.route("/new/<kind>", methods=["GET", "POST"])
@requires(Permission.MANAGE_SOURCES)
def add_source(kind: str) -> Reply:
    """Add a source of a kind."""
    form, chosen = SourceForm(usual_severity=Severity.SEV3.value), _kind(kind)
    if form.validate_on_submit():
        try:
            source = setting_up.add_source(
                form.name.data or "", chosen, form.wishes(request.form), by=signed_in_person(), now=clock.now()
            )
            return Answer(to=url_for("sources.source", slug=source.slug), message="The source is there. Try it now.")
        except InvalidError as error:
            form.name.errors = [str(error)]
    connector, hook = CONNECTORS.get(kind), HOOKS.get(kind)
    page = {"kind": kind, "label": label_of(chosen), "connector": connector, "hook": hook, "source": None}
    return render_template("backlog/source_form.html", page=page, form=form), 422 if form.errors else 200


@blueprint.get("/<slug>")
@requires(Permission.MANAGE_SOURCES)
def source(slug: str) -> Reply:
    """Show a source."""
    found = setting_up.get_source(slug)
    return render_template("backlog/source.html", page=source_page(found), form=_form(found))


@blueprint.post("/<slug>/change")
@requires(Permission.MANAGE_SOURCES)
def change_source(slug: str) -> Reply:
    """Change a source."""
    form, found = SourceForm(), setting_up.get_source(slug)
    if not form.validate():
        return render_template("backlog/source.html", page=source_page(found), form=form), 422
    setting_up.change_source(found, form.wishes(request.form), by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("sources.source", slug=slug), message="Changed.")


@blueprint.post("/<slug>/try")
@requires(Permission.MANAGE_SOURCES)
def try_source(slug: str) -> Reply:
    """Try the connection; no lock is held while the other side takes its time."""
    found = setting_up.get_source(slug)
    found.settings, found.secret_sealed, found.kind  # noqa: B018 read before the transaction ends
    release()
    try:
        flash(f"It works: signed in as {try_connection(found)}.", "success")
    except RemoteError as error:
        flash(f"It does not work. {error}", "error")
    return Answer(to=url_for("sources.source", slug=slug))


@blueprint.post("/<slug>/sync")
@requires(Permission.MANAGE_SOURCES)
def request_sync(slug: str) -> Reply:
    """Sync a source now, what is new or everything."""
    found = setting_up.get_source(slug)
    is_whole = request.form.get("whole") == "1"
    run = setting_up.request_sync(found, by=signed_in_person(), now=clock.now(), is_whole=is_whole)
    return Answer(to=url_for("backlog.run", reference=run.reference))


@blueprint.post("/<slug>/pause")
@requires(Permission.MANAGE_SOURCES)
def pause_source(slug: str) -> Reply:
    """Pause a source, or go on."""
    is_paused = request.form.get("pause") == "1"
    setting_up.pause_source(setting_up.get_source(slug), is_paused=is_paused, by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("sources.source", slug=slug), message="Paused." if is_paused else "It is asked again.")


@blueprint.post("/<slug>/severities")
@requires(Permission.MANAGE_SOURCES)
def map_severities(slug: str) -> Reply:
    """Say what a source's words for severity mean."""
    found = setting_up.get_source(slug)
    setting_up.map_severities(found, words_sent(request.form), by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("sources.source", slug=slug), message="Kept. It counts from the next sync on.")


def _kind(kind: str) -> SourceKind:
    if kind not in set(SourceKind) - {SourceKind.FILE}:
        raise NotFoundError("There is no such kind of source.")
    return SourceKind(kind)


def _form(found: Source) -> SourceForm:
    return SourceForm(
        formdata=None, name=found.name, secret_env=found.secret_env, hook_secret_env=found.hook_secret_env,
        sync_minutes=found.sync_minutes, usual_severity=found.usual_severity.value, is_writing_back=found.is_writing_back,
    )  # fmt: skip
