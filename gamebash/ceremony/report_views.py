"""Routes of the report: read, publish, take away as a table."""

from flask import render_template, url_for

from gamebash.ceremony import reports
from gamebash.ceremony.queries.report import report_page
from gamebash.ceremony.queries.table import HEADER, result_rows
from gamebash.ceremony.show_views import blueprint as blueprint
from gamebash.core import clock
from gamebash.core.errors import NotFoundError
from gamebash.core.exports import csv_download
from gamebash.core.htmx import Answer, Reply
from gamebash.events.queries.found import get_event
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, is_allowed, requires


@blueprint.get("/events/<slug>/report")
@requires(Permission.READ)
def report(slug: str) -> Reply:
    """Show the report; before it is published organisers see how it would be."""
    page = report_page(slug, now=clock.now())
    is_organiser = is_allowed(signed_in_person().roles, Permission.ORGANISE_EVENTS)
    if page.published_at is None and not (is_organiser and page.is_out):
        raise NotFoundError(f"The report of {page.name} is not published yet. You are told when it is.")
    return render_template("ceremony/report.html", page=page)


@blueprint.post("/events/<slug>/report")
@requires(Permission.ORGANISE_EVENTS)
def publish_report(slug: str) -> Reply:
    """Publish the report."""
    reports.publish_report(get_event(slug), by=signed_in_person(), now=clock.now())
    return Answer(to=url_for("ceremony.report", slug=slug), message="Published. Everybody who played is told.")


@blueprint.get("/events/<slug>/results.csv")
@requires(Permission.READ)
def results_table(slug: str) -> Reply:
    """Send the announced places as a table."""
    event = get_event(slug)
    return csv_download(f"{event.slug}-results", HEADER, result_rows(event, now=clock.now()))
