"""The pull as it would have been made in the past, written for those who measure it.

Two files: ``ranks`` with t, rank, group, and ``groups`` with incident_id, group and, where grouping changes with time, t.
Each pull uses what was known before its time and nothing else; incidents of the period that follows are put into groups as
they came in.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from gamebash.backlog.backtest import Report, backtest
from gamebash.backlog.backtests import past_quarters
from gamebash.backlog.keys import Group, GroupingKey
from gamebash.backlog.models import Source
from gamebash.backlog.queries.history import day_of, lives, moment_of
from gamebash.backlog.replay import Life, arriving, choose_key, look
from gamebash.core import clock
from gamebash.core.db import db
from gamebash.core.errors import InvalidError

HORIZON_DAYS = 91
MOST_RANKS = 500


@click.command("pull-export")
@click.option("--source", help="The source whose log is replayed; needed where there are several.")
@click.option("--as-of", "moments", multiple=True, metavar="TIME", help="A pull time (ISO 8601, UTC); may be repeated.")
@click.option(
    "--periods", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="CSV with columns t and end."
)
@click.option(
    "--horizon", default=HORIZON_DAYS, show_default=True, help="Days that a pull given by --as-of looks ahead."
)
@click.option("--group-by", help="Take this field as the problem, as written, instead of grouping.")
@click.option("--ranks", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--groups", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def pull_export(  # noqa: PLR0913 as many options as the command has
    *,
    source: str | None,
    moments: tuple[str, ...],
    periods: Path | None,
    horizon: int,
    group_by: str | None,
    ranks: Path,
    groups: Path | None,
) -> None:
    """Write the pulls as they would have been made in the past, with the log replayed as of each time."""
    log = lives(_source(source), most=None)
    spans = _read_periods(periods) if periods else [_span(text, horizon) for text in moments]
    if not spans:
        raise InvalidError("Name a pull time with --as-of, or a file of them with --periods.")
    pulls = [_pull(log, at, end, group_by) for at, end in spans]
    _write_ranks(ranks, pulls)
    if groups:
        _write_groups(groups, pulls)
    click.echo(f"{len(pulls)} pulls over {len(log):,} incidents.")


@click.command("backtest")
@with_appcontext
def print_backtest() -> None:
    """Print what past pulls would have prevented, beside simpler ways to choose and the oracle."""
    log = lives()
    report = backtest(log, past_quarters(log, clock.now()))
    if not report.periods:
        raise InvalidError("The history is too short: a backtest needs three quarters with incidents.")
    for line in backtest_lines(report):
        click.echo(line)


def backtest_lines(report: Report) -> Iterator[str]:
    """Yield a backtest as a table in text: shares of a period's weight, and how the forecasts did."""
    yield f"What {report.stories} stories would have prevented, as shares of the period's weight"
    yield "from            pull  frequent  recent  random  oracle  of oracle    new  came/expected  in 80 %"
    for one in report.periods:
        ratio = f"{one.came / one.expected:.2f}" if one.expected else "-"
        yield (
            f"{moment_of(one.at):%Y-%m-%d}  {one.pull:>8.3f}{one.frequent:>10.3f}{one.recent:>8.3f}{one.random:>8.3f}"
            f"{one.oracle:>8.3f}{one.of_oracle:>11.3f}{one.never_seen:>7.2f}{ratio:>15}{one.within:>9.0%}"
        )
    means = [report.mean(name) for name in ("pull", "frequent", "recent", "random", "oracle", "of_oracle")]
    yield f"{'mean':<12}" + "".join(
        f"{mean:>{width}.3f}" for mean, width in zip(means, (8, 10, 8, 8, 8, 11), strict=True)
    )


class _Pull:
    """One pull of the past: the groups in order, and the group of every incident until the period's end."""

    def __init__(self, at: float, ranked: Sequence[str], groups: Mapping[str, str]) -> None:
        self.time = f"{moment_of(at):%Y-%m-%dT%H:%M:%S}"
        self.ranked = ranked
        self.groups = groups


def _pull(log: Sequence[Life], at: float, end: float, group_by: str | None) -> _Pull:
    key = GroupingKey.of_field(group_by) if group_by else choose_key(log, at, end - at)

    def name(group: Group) -> str:
        return group.values[0] if group_by else group.fingerprint

    snapshot = look(log, at, end - at, key)
    joined = {**snapshot.groups, **arriving(log, at, end, key)}
    ranked = [name(one.group) for one in snapshot.ranked[:MOST_RANKS] if name(one.group)]
    return _Pull(at, ranked, {incident: name(group) for incident, group in joined.items()})


def _write_ranks(path: Path, pulls: Iterable[_Pull]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["t", "rank", "group"])
        for pull in pulls:
            writer.writerows((pull.time, rank, group) for rank, group in enumerate(pull.ranked, start=1))


def _write_groups(path: Path, pulls: Sequence[_Pull]) -> None:
    """Write one assignment for all pull times where it never changes, else one for each."""
    merged: dict[str, str] = {}
    is_static = all(merged.setdefault(one, group) == group for pull in pulls for one, group in pull.groups.items())
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if is_static:
            writer.writerow(["incident_id", "group"])
            writer.writerows(merged.items())
            return
        writer.writerow(["incident_id", "group", "t"])
        for pull in pulls:
            writer.writerows((incident, group, pull.time) for incident, group in pull.groups.items())


def _source(slug: str | None) -> Source:
    sources = db.session.scalars(sa.select(Source).order_by(Source.slug)).all()
    found = [one for one in sources if slug in {None, one.slug, one.name}]
    if len(found) != 1:
        names = ", ".join(one.slug for one in sources) or "none yet"
        raise InvalidError(f"Name the source with --source. There are: {names}.")
    return found[0]


def _span(text: str, horizon: int) -> tuple[float, float]:
    at = _moment(text)
    return day_of(at), day_of(at + timedelta(days=horizon))


def _read_periods(path: Path) -> list[tuple[float, float]]:
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if not {"t", "end"} <= set(reader.fieldnames or ()):
            raise InvalidError(f"{path.name} needs the columns t and end.")
        return [(day_of(_moment(row["t"])), day_of(_moment(row["end"]))) for row in reader]


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidError(f"{text[:40]!r} is not an ISO 8601 time, like 2026-01-01.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
