"""Routes of running the installation: people, roles, the record of changes."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from gamebash.admin.queries import AuditFilter, audit_lines, audit_page
from gamebash.core import clock, mail
from gamebash.core.exports import csv_download
from gamebash.core.htmx import Reply
from gamebash.core.paging import page_number
from gamebash.people import links, persons, sign_ins
from gamebash.people.forms import InviteForm, RolesForm
from gamebash.people.identity import signed_in_person
from gamebash.people.models import LinkPurpose, Person
from gamebash.people.queries import PeopleFilter, people_page
from gamebash.policy import Permission, requires

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("/people")
@requires(Permission.MANAGE_PEOPLE)
def list_people() -> Reply:
    """List people."""
    page = people_page(_people_filter())
    return render_template("admin/people.html", page=page, form=InviteForm(formdata=None))


@blueprint.post("/people")
@requires(Permission.MANAGE_PEOPLE)
def invite_person() -> Reply:
    """Invite somebody."""
    form = InviteForm()
    if not form.validate():
        return render_template("admin/people.html", page=people_page(_people_filter()), form=form), 422
    person = persons.add_person(form.name.data, form.email.data, form.chosen, by=signed_in_person(), now=clock.now())
    return _give_link(person, LinkPurpose.INVITATION)


@blueprint.get("/people/<handle>")
@requires(Permission.MANAGE_PEOPLE)
def show_person(handle: str) -> Reply:
    """Show one person with their roles."""
    person = persons.get_person(handle)
    form = RolesForm(data={"roles": [role.value for role in person.roles]})
    return render_template("admin/person.html", page=person, form=form)


@blueprint.post("/people/<handle>/roles")
@requires(Permission.MANAGE_PEOPLE)
def set_roles(handle: str) -> Reply:
    """Set a person's roles."""
    person, form = persons.get_person(handle), RolesForm()
    if not form.validate():
        return render_template("admin/person.html", page=person, form=form), 422
    persons.set_roles(person, form.chosen, by=signed_in_person(), now=clock.now())
    flash(f"{person.name} now has these roles.", "success")
    return redirect(url_for("admin.show_person", handle=handle), 303)


@blueprint.post("/people/<handle>/link")
@requires(Permission.MANAGE_PEOPLE)
def make_link(handle: str) -> Reply:
    """Make a one-time link for somebody."""
    person = persons.get_person(handle)
    return _give_link(person, LinkPurpose.RESET if person.password_hash else LinkPurpose.INVITATION)


@blueprint.post("/people/<handle>/active")
@requires(Permission.MANAGE_PEOPLE)
def set_active(handle: str) -> Reply:
    """Take a person out, or let them in again."""
    person = persons.get_person(handle)
    act = persons.reactivate_person if request.form.get("active") == "1" else persons.deactivate_person
    act(person, by=signed_in_person(), now=clock.now())
    return redirect(url_for("admin.show_person", handle=handle), 303)


@blueprint.post("/people/<handle>/sign-out")
@requires(Permission.MANAGE_PEOPLE)
def sign_out_everywhere(handle: str) -> Reply:
    """End every sign-in of a person."""
    person = persons.get_person(handle)
    sign_ins.end_all_sign_ins(person, now=clock.now())
    flash(f"{person.name} is signed out everywhere.", "success")
    return redirect(url_for("admin.show_person", handle=handle), 303)


@blueprint.get("/audit")
@requires(Permission.READ_AUDIT)
def audit() -> Reply:
    """Show the record of changes, or save it as CSV."""
    chosen = AuditFilter(
        person=request.args.get("person", ""),
        kind=request.args.get("kind", ""),
        words=request.args.get("q", ""),
        page=page_number(request.args.get("page")),
    )
    viewer, now = signed_in_person(), clock.now()
    if request.args.get("format") == "csv":
        lines = audit_lines(chosen, viewer, now=now)
        rows = [(line.at.isoformat(), line.who, line.tag, line.subject, line.detail) for line in lines]
        return csv_download("changes", ("when", "who", "what", "subject", "detail"), rows)
    return render_template("admin/audit.html", page=audit_page(chosen, viewer, now=now))


def _people_filter() -> PeopleFilter:
    get = request.args.get
    return PeopleFilter(get("q", ""), get("role", ""), get("state", ""), get("sort", "name"), page_number(get("page")))


def _give_link(person: Person, purpose: LinkPurpose) -> Reply:
    """Mail the link, or show it to the admin where no mail is configured; it is shown this once."""
    token = links.make_link(person, purpose, by=signed_in_person(), now=clock.now())
    url = url_for("people.use_link", token=token, _external=True)
    is_sent = mail.is_configured() and mail.send(person.email, "Your gamebash link", f"Set your password:\n\n{url}\n")
    return render_template(
        "admin/link.html", page={"person": person, "url": "" if is_sent else url, "purpose": purpose.value}
    )
