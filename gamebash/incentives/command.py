"""The audit on the command line: ``gamebash audit EVENT``."""

import click
from flask.cli import with_appcontext

from gamebash.events.queries.found import get_event
from gamebash.incentives.audit import USUAL_RUNS, Report, Trial, audit
from gamebash.incentives.ground import OFF, PRACTICES
from gamebash.incentives.queries.grounds import ground_of
from gamebash.incentives.queries.page import rule_name
from gamebash.incentives.strategies import BY_NAME


@click.command("audit")
@click.argument("event")
@click.option(
    "--runs", default=USUAL_RUNS, show_default=True, type=click.IntRange(2, 10_000), help="For each strategy."
)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same table.")
@click.option("--off", default="", type=click.Choice(["", *OFF, *PRACTICES]), help="A rule to switch off.")
@click.option("--each", is_flag=True, help="Say of each rule what it is for.")
@with_appcontext
def audit_event(event: str, runs: int, seed: int, off: str, *, each: bool) -> None:
    """Play the rules of EVENT with scripted strategies: pay against what is prevented."""
    report = audit(ground_of(get_event(event)), Trial(runs, seed), off=off, is_whole=each)
    click.echo(f"{runs} runs of each strategy, seed {seed}{f', without: {rule_name(off)}' if off else ''}")
    for text in lines_of(report):
        click.echo(text)


def lines_of(report: Report) -> list[str]:
    """Return a report as lines of text."""
    found = [f"{'strategy':<24}{'points':>8}{'of honest':>22}{'prevented':>11}{'of honest':>24}  upper half"]
    for line in report.lines:
        pay, impact = line.pay, line.impact
        found.append(
            f"{BY_NAME[line.strategy].title:<24}{line.points:8.2f}"
            f"{pay.of_honest:9.0%} ({pay.low:.0%} to {pay.high:.0%})".ljust(56)
            + f"{line.prevented:9.2f}{impact.of_honest:9.0%} ({impact.low:.0%} to {impact.high:.0%})".ljust(38)
            + f"{line.upper_half:6.0%}{'  CHEATING PAYS' if line.pays_off else ''}"
        )
    found += [
        f"without {rule_name(one.rule)}: {BY_NAME[one.strategy].title} is paid {one.pay:.0%} -> {one.pay_without:.0%}, "
        f"prevents {one.impact:.0%} -> {one.impact_without:.0%}{', and cheating pays' if one.pays_off else ''}"
        for one in report.without
    ]
    failing = ", ".join(BY_NAME[line.strategy].title for line in report.failing)
    found.append(
        f"Cheating pays for: {failing}."
        if failing
        else "No dishonest strategy is paid 90 % while preventing less than half."
    )
    return found
