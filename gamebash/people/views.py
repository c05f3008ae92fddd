"""Routes of people: in and out, one-time links, one's own account."""

from datetime import datetime

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user

from gamebash.core import clock, mail
from gamebash.core.days import moment_of
from gamebash.core.errors import DomainError
from gamebash.core.htmx import Reply
from gamebash.people import links, persons, sign_ins
from gamebash.people.forms import AccountForm, ChangePasswordForm, FirstRunForm, ForgotForm, NewPasswordForm, SignInForm
from gamebash.people.identity import load_identity, signed_in_person
from gamebash.people.locals import local_path
from gamebash.people.models import LinkPurpose, Person, Theme
from gamebash.people.queries import AccountPage, find_browser, link_facts, list_browsers
from gamebash.people.throttling import Attempt, count_attempt
from gamebash.policy import Permission, public, requires

blueprint = Blueprint("people", __name__)

A_YEAR = 365 * 24 * 3600


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Reply:
    """Sign in with a local account."""
    if not persons.has_people():
        return redirect(url_for("people.first_run"), 303)
    form = SignInForm()
    if request.method == "POST" and form.validate():
        try:
            token = sign_ins.sign_in(form.email.data, form.password.data, browser=_browser(), now=clock.now())
        except DomainError as error:
            form.password.errors = [str(error)]
            return render_template("people/sign_in.html", page=form), int(error.status)
        return _let_in(token, request.args.get("next"))
    return render_template("people/sign_in.html", page=form), 422 if form.errors else 200


@blueprint.post("/sign-out")
@requires(Permission.USE_OWN_ACCOUNT)
def sign_out() -> Reply:
    """Sign this browser out."""
    sign_ins.end_sign_in(current_user.sign_in, now=clock.now())
    session.clear()
    return redirect(url_for("people.sign_in"), 303)


@blueprint.route("/first-run", methods=["GET", "POST"])
@public
def first_run() -> Reply:
    """Make the first admin of an empty installation."""
    if persons.has_people():
        return redirect(url_for("people.sign_in"), 303)
    form = FirstRunForm()
    if form.validate_on_submit():
        person = persons.add_first_admin(form.name.data, form.email.data, form.password.data, now=clock.now())
        return _let_in(sign_ins.start_sign_in(person, browser=_browser(), now=clock.now()), None)
    return render_template("people/first_run.html", page=form), 422 if form.errors else 200


@blueprint.route("/forgot", methods=["GET", "POST"])
@public
def forgot() -> Reply:
    """Ask for a new link; says the same whether or not there is an account."""
    form = ForgotForm()
    if form.validate_on_submit():
        count_attempt(Attempt("forgot", form.email.data, _browser().address), now=clock.now())
        _mail_link(sign_ins.find_person(form.email.data), now=clock.now())
        flash("If there is an account with that address, a link is on its way. Otherwise ask an admin for one.", "info")
        return redirect(url_for("people.sign_in"), 303)
    return render_template("people/forgot.html", page=form), 422 if form.errors else 200


@blueprint.route("/links/<token>", methods=["GET", "POST"])
@public
def use_link(token: str) -> Reply:
    """Set a password by a one-time link."""
    name, purpose = link_facts(links.get_link(token, now=clock.now()))
    form = NewPasswordForm()
    if form.validate_on_submit():
        person = links.use_link(token, form.password.data, now=clock.now())
        return _let_in(sign_ins.start_sign_in(person, browser=_browser(), now=clock.now()), None)
    page = {"form": form, "name": name, "purpose": purpose}
    return render_template("people/use_link.html", page=page), 422 if form.errors else 200


@blueprint.route("/account", methods=["GET", "POST"])
@requires(Permission.USE_OWN_ACCOUNT)
def account() -> Reply:
    """Show and change one's own account."""
    form = AccountForm(obj=signed_in_person())
    if form.validate_on_submit():
        change = persons.AccountChange(
            form.name.data,
            form.alias.data or "",
            is_playing=form.is_playing.data,
            is_listed=form.is_listed.data,
            has_shortcuts=form.has_shortcuts.data,
        )
        persons.change_account(signed_in_person(), change, now=clock.now())
        flash("Saved.", "success")
        return redirect(url_for("people.account"), 303)
    return render_template(
        "people/account.html", page=_account_page(form, ChangePasswordForm(formdata=None))
    ), 422 if form.errors else 200


@blueprint.post("/account/password")
@requires(Permission.USE_OWN_ACCOUNT)
def change_password() -> Reply:
    """Change one's own password; every other browser is signed out."""
    form = ChangePasswordForm()
    if not form.validate():
        return render_template(
            "people/account.html", page=_account_page(AccountForm(None, obj=signed_in_person()), form)
        ), 422
    persons.change_password(signed_in_person(), form.old.data, form.password.data, now=clock.now())
    sign_ins.end_all_sign_ins(signed_in_person(), now=clock.now(), but=current_user.sign_in)
    flash("The password is changed, and you are signed out everywhere else.", "success")
    return redirect(url_for("people.account"), 303)


@blueprint.post("/account/browsers/end")
@requires(Permission.USE_OWN_ACCOUNT)
def end_browsers() -> Reply:
    """Sign out one other browser, or all of them."""
    since = request.form.get("since", "")
    if since:
        began_at = moment_of(since)
        row = find_browser(signed_in_person(), began_at) if began_at and began_at.tzinfo else None
        if row is not None:
            sign_ins.end_sign_in(row, now=clock.now())
    else:
        sign_ins.end_all_sign_ins(signed_in_person(), now=clock.now(), but=current_user.sign_in)
    flash("Signed out.", "success")
    return redirect(url_for("people.account"), 303)


@blueprint.post("/account/theme")
@public
def set_theme() -> Reply:
    """Switch between light and dark, for this browser and for the account."""
    wanted = request.form.get("theme", "")
    theme = Theme(wanted) if wanted in set(Theme) else Theme.SYSTEM
    if current_user.is_authenticated:
        persons.set_theme(signed_in_person(), theme)
    response = make_response(redirect(local_path(request.form.get("next"), "/"), 303))
    response.set_cookie("theme", theme.value, max_age=A_YEAR, samesite="Lax", secure=request.is_secure, httponly=True)
    return response


def _let_in(token: str, wanted: str | None) -> Reply:
    """Give the browser a new session, so that one planted before is worth nothing."""
    session.clear()
    session.permanent = True
    login_user(load_identity(token))
    return redirect(local_path(wanted, url_for("home.my_day")), 303)


def _browser() -> sign_ins.Browser:
    return sign_ins.Browser(request.remote_addr or "", request.headers.get("User-Agent", ""))


def _account_page(form: AccountForm, password_form: ChangePasswordForm) -> AccountPage:
    person = signed_in_person()
    browsers = list_browsers(person, current_user.sign_in, now=clock.now())
    return AccountPage(person.name, person.email, form, password_form, browsers)


def _mail_link(person: Person | None, *, now: datetime) -> None:
    if person is None or not person.is_active or not mail.is_configured():
        return
    token = links.make_link(person, LinkPurpose.RESET, by=None, now=now)
    url = url_for("people.use_link", token=token, _external=True)
    mail.send_soon(person.email, "Your gamebash link", f"Set a new password within 4 hours:\n\n{url}\n")
