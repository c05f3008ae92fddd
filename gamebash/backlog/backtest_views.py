"""Routes of the backtest: how good the pull would have been."""

from flask import Blueprint, render_template, url_for

from gamebash.backlog.backtests import request_backtest
from gamebash.backlog.queries.backtests import backtest_page
from gamebash.core import clock
from gamebash.core.htmx import Answer, Reply
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, requires

blueprint = Blueprint("backtest", __name__, url_prefix="/backlog/backtest")


@blueprint.get("")
@requires(Permission.READ)
def backtest() -> Reply:
    """Show what past pulls would have prevented."""
    return render_template("backlog/backtest.html", page=backtest_page())


@blueprint.post("")
@requires(Permission.ORGANISE_EVENTS)
def run_backtest() -> Reply:
    """Ask for a new backtest."""
    request_backtest(by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("backtest.backtest"), message="A worker looks at the past now. Reload in a minute.")
