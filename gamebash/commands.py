"""Commands that do more than call one action."""

from dataclasses import dataclass, replace
from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext

from gamebash.backlog.imports.dates import DateOrder
from gamebash.backlog.imports.intake import work_off_runs
from gamebash.backlog.imports.mapping import NAMES, Mapping
from gamebash.backlog.imports.runs import confirm_run, get_run, receive_path
from gamebash.backlog.imports.survey import Survey
from gamebash.backlog.models import RejectedRow, RunState, Source, SyncRun
from gamebash.backlog.regrouping import regroup_whole
from gamebash.backlog.sources.registry import CONNECTORS
from gamebash.backlog.sources.setting_up import get_source, request_sync
from gamebash.backlog.sources.syncing import work_off_syncs
from gamebash.ceremony.results import get_result, replay
from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError
from gamebash.events.queries.found import get_event

SHOWN = 5


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", help="The system it comes from; the file's name where none is given.")
@click.option("--date-order", type=click.Choice(["day_first", "month_first"]), help="Where the dates do not tell.")
@click.option("--map", "pairs", multiple=True, metavar="FIELD=COLUMN", help="What a column means, over the guess.")
@click.option("--zone", help="The time zone of times that name none.")
@with_appcontext
def import_file(
    file: Path, source: str | None, date_order: str | None, pairs: tuple[str, ...], zone: str | None
) -> None:
    """Take in FILE: CSV, JSON or JSONL, plain or gzipped. The same file again changes nothing."""
    run = _take_in(file, source or file.name.partition(".")[0], Choice(date_order, pairs, zone))
    if run.state is not RunState.DONE or (run.rows_read and run.rows_read == run.rows_rejected):
        raise DomainError(run.message or "No row could be read. Name the columns with --map FIELD=COLUMN.")


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody says of a file over what is guessed."""

    date_order: str | None = None
    pairs: tuple[str, ...] = ()
    zone: str | None = None


def import_large(file: Path) -> None:
    """Take in a large log with the mapping as guessed, for volume."""
    _take_in(file, file.name.partition(".")[0], Choice())


def _take_in(file: Path, source: str, choice: Choice) -> SyncRun:
    """Receive, confirm and work off a file; what the command line brings may be larger than an upload."""
    current_app.config["GAMEBASH_UPLOAD_BYTES"] = max(
        int(current_app.config["GAMEBASH_UPLOAD_BYTES"]), file.stat().st_size
    )
    reference = _begin(file, source, choice)
    work_off_runs(now=clock.now())
    run = get_run(reference)
    _tell(run)
    return run


def _begin(file: Path, source: str, choice: Choice) -> str:
    with unit_of_work():
        run = receive_path(file, source, by=None, now=clock.now())
        guessed = Mapping.from_document(run.mapping)
        columns = {**guessed.columns, **dict(_pair(text) for text in choice.pairs)}
        order = DateOrder(choice.date_order) if choice.date_order else guessed.date_order
        mapping = replace(guessed, columns=columns, date_order=order, zone=choice.zone or guessed.zone)
        for name, column in mapping.columns.items():
            click.echo(f"  {name:<16} {column}")
        for text in Survey.from_document(run.mapping.get("survey")).notes:
            click.echo(f"  {text}")
        confirm_run(run, mapping, by=None, now=clock.now())
        return run.reference


def _pair(text: str) -> tuple[str, str]:
    name, _, column = text.partition("=")
    if name not in NAMES or not column:
        raise click.BadParameter(f"{text!r} is not FIELD=COLUMN. The fields are: {', '.join(NAMES)}.")
    return name, column


def _tell(run: SyncRun) -> None:
    click.echo(
        f"{run.rows_read:,} rows read: {run.rows_created:,} new, {run.rows_updated:,} updated, "
        f"{run.rows_unchanged:,} unchanged, {run.rows_rejected:,} rejected."
    )
    for word, count in run.unknown_severities.items():
        click.echo(f"  nobody knows the severity {word!r}: {count:,} rows count as sev4")
    query = sa.select(RejectedRow).where(RejectedRow.sync_run_id == run.id).order_by(RejectedRow.line).limit(SHOWN)
    for row in db.session.scalars(query):
        click.echo(f"  line {row.line}: {row.reason}")


@click.command("regroup")
@click.argument("source")
@with_appcontext
def regroup_source(source: str) -> None:
    """Choose anew what tells the problems of SOURCE apart, and put its incidents into those problems.

    What people moved, merged or split stays as they decided.
    """
    key = regroup_whole(get_source(source).id, by=None, now=clock.now())
    click.echo(f"Its problems are told apart by {', '.join(key.fields)}.")
    for step in key.steps:
        click.echo(
            f"  {step.field:<16} {step.problems:8.0f} problems in effect, {step.coverage:.0%} of later pain in known ones, "
            f"{step.prevented:.0%} in the best twenty"
        )


@click.command("sync")
@click.argument("source", required=False)
@with_appcontext
def sync_sources(source: str | None) -> None:
    """Ask SOURCE for what is new, or every source that can be asked."""
    query = sa.select(Source.slug).order_by(Source.slug)
    slugs = (
        [source]
        if source
        else [slug for slug in db.session.scalars(query) if get_source(slug).kind.value in CONNECTORS]
    )
    for slug in slugs:
        with unit_of_work():
            reference = request_sync(get_source(slug), by=None, now=clock.now()).reference
        work_off_syncs(now=clock.now())
        run = get_run(reference)
        click.echo(f"{slug}: {run.state.value}. {run.message}")
        _tell(run)


@click.command("replay")
@click.argument("event")
@with_appcontext
def replay_event(event: str) -> None:
    """Rebuild the result of the closed EVENT from its ledger and print it; refused where it is not what was announced."""
    found = get_event(event)
    text, kept = replay(found), get_result(found)
    click.echo(text, nl=False)
    if text != kept.document:
        raise DomainError(
            f"This is not what was announced on {kept.fixed_at:%d %B %Y}: {kept.sha256}. Run gamebash verify."
        )
