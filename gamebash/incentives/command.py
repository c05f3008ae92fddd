"""The audit on the command line: ``gamebash audit EVENT``."""

import click
from flask.cli import with_appcontext

from gamebash.events.queries.found import get_event
from gamebash.incentives import sensitivity as sensible
from gamebash.incentives.audit import Report, Without, audit
from gamebash.incentives.ground import OFF, PRACTICES
from gamebash.incentives.played import MOST_RUNS, USUAL_RUNS, Line, Trial
from gamebash.incentives.queries.grounds import ground_of
from gamebash.incentives.queries.page import rule_name
from gamebash.incentives.sensitivity import Tried, sensitivity, worst_of
from gamebash.incentives.shares import Share
from gamebash.incentives.strategies import BY_NAME, STRATEGIES


@click.command("audit")
@click.argument("event")
@click.option(
    "--runs", type=click.IntRange(2, MOST_RUNS), help=f"For each strategy and seed; {USUAL_RUNS} unless told."
)
@click.option(
    "--seed", default=1, show_default=True, type=click.IntRange(0), help="The same seed gives the same table."
)
@click.option(
    "--seeds", type=click.IntRange(1, 100), help="So many seeds from there on, taken together; 1 unless told."
)
@click.option("--off", default="", type=click.Choice(["", *OFF, *PRACTICES]), help="A rule to switch off.")
@click.option("--each", is_flag=True, help="Say of each rule what it is for.")
@click.option("--sensitivity", "is_sensitivity", is_flag=True, help="Play each guess at both ends instead.")
@with_appcontext
def audit_event(  # noqa: PLR0913  one for each option
    event: str, runs: int | None, seed: int, seeds: int | None, off: str, *, each: bool, is_sensitivity: bool
) -> None:
    """Play the rules of EVENT with scripted strategies: pay against what is prevented."""
    ground = ground_of(get_event(event))
    if is_sensitivity:
        trial = Trial(runs or sensible.USUAL_RUNS, seed, seeds or sensible.USUAL_SEEDS)
        click.echo(_headline(trial, ""))
        found = sensitivity(ground, trial, progress=lambda tried: click.echo(tried_line(tried)))
        for text in worst_lines(found):
            click.echo(text)
        return
    trial = Trial(runs or USUAL_RUNS, seed, seeds or 1)
    click.echo(_headline(trial, off))
    for text in lines_of(audit(ground, trial, off=off, is_whole=each)):
        click.echo(text)


def lines_of(report: Report) -> list[str]:
    """Return a report as lines of text."""
    found = [f"{'strategy':<24}{'points':>8}{'of honest':>24}{'prevented':>12}{'of honest':>26}  upper half"]
    found += [
        f"{_title(line.strategy):<24}{line.points:8.2f}{band(line.pay):>24}{line.prevented:12.2f}{band(line.impact):>26}"
        f"{line.upper_half:8.0%}{_verdict(line)}"
        for line in report.lines
    ]
    found += [without_line(one) for one in report.without]
    found.append(
        _says("Cheating pays", report.failing) or "No dishonest strategy is paid 90 % while preventing less than half."
    )
    return found + [text for text in [_says("So many days cannot rule it out", report.unsure)] if text]


def without_line(one: Without) -> str:
    """Return what a rule is for, in a line."""
    return (
        f"without {rule_name(one.rule)}: {_title(one.strategy)} is paid {one.pay:.0%} -> {one.pay_without:.0%}, "
        f"{band(one.rise, '+.0%')}; prevents {one.impact:.0%} -> {one.impact_without:.0%}, {band(one.gain, '+.0%')}"
        f"{'' if one.shows else '; no harm beyond noise'}{'; cheating pays' if one.pays_off else ''}"
    )


def tried_line(tried: Tried) -> str:
    """Return a setting in a line: its worst strategy, and those by which cheating pays, or may."""
    worst, setting = tried.worst, tried.setting
    fails = ", ".join(_title(line.strategy) for line in tried.lines if line.pays_off)
    unsure = ", ".join(_title(line.strategy) for line in tried.lines if line.may_pay_off and not line.pays_off)
    return (
        f"{setting.name:<34}{setting.level:<14}{_title(worst.strategy):<24}{band(worst.pay):>24}{band(worst.impact):>26}"
        f"{'  PAYS: ' + fails if fails else ''}{'  may pay: ' + unsure if unsure else ''}"
    )


def worst_lines(found: tuple[Tried, ...]) -> list[str]:
    """Return the worst setting of each dishonest strategy."""
    rows = []
    for strategy in STRATEGIES:
        if strategy.is_honest:
            continue
        setting, line = worst_of(found, strategy.name)
        fails = sum(one.pays_off for tried in found for one in tried.lines if one.strategy == strategy.name)
        rows.append(
            f"{strategy.title:<24}{band(line.pay):>24}{band(line.impact):>26}  {setting.name} {setting.level}; pays in "
            f"{fails} of {len(found)} settings"
        )
    return ["", "The worst for each strategy:", *rows]


def band(one: Share, spec: str = ".0%") -> str:
    """Return a share with its interval."""
    return f"{one.of_honest:{spec}} ({one.low:{spec}} to {one.high:{spec}})"


def _headline(trial: Trial, off: str) -> str:
    seeds = (
        f"seed {trial.seed}" if trial.seeds == 1 else f"each of seeds {trial.seed} to {trial.seed + trial.seeds - 1}"
    )
    return f"{trial.runs} runs of each strategy, {seeds}{f', without: {rule_name(off)}' if off else ''}"


def _title(strategy: str) -> str:
    return BY_NAME[strategy].title


def _verdict(line: Line) -> str:
    return "  CHEATING PAYS" if line.pays_off else "  may pay" if line.may_pay_off else ""


def _says(what: str, lines: tuple[Line, ...]) -> str:
    return f"{what}: {', '.join(_title(line.strategy) for line in lines)}." if lines else ""
