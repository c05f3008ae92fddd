"""Getting in and out: right, wrong, too often, from a link, from another site."""

import re
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError
from gamebash.people.links import make_link, use_link
from gamebash.people.locals import local_path
from gamebash.people.models import LinkPurpose, Person, SignIn
from gamebash.people.passwords import hash_password
from gamebash.people.persons import add_first_admin, get_person, set_roles
from gamebash.people.throttling import PER_ACCOUNT
from tests.factories import make_person
from tests.support.signing_in import sign_in

PASSWORD = "correct horse battery"


@pytest.fixture
def mara(app):
    with app.app_context(), unit_of_work():
        make_person("Mara Lindqvist", "developer", handle="mara", password_hash=hash_password(PASSWORD))
    return "mara"


def enter(client, email="mara@example.org", password=PASSWORD, **query):
    return client.post("/sign-in", query_string=query, data={"email": email, "password": password})


def test_the_right_password_lets_in(client, mara):
    assert enter(client).status_code == 303
    assert client.get("/account").status_code == 200


def test_a_wrong_password_and_an_unknown_account_are_answered_alike(client, mara):
    def answer(email):
        response = enter(client, email, "wrong password")
        text = re.sub(r'data-now="[^"]*"|value="[^"]*"|X-CSRFToken": "[^"]*"', "", response.get_data(as_text=True))
        return response.status_code, text

    assert answer("mara@example.org") == answer("nobody@example.org")


@pytest.mark.parametrize("email", ["mara@example.org", "nobody@example.org"])
def test_too_many_tries_are_refused_for_any_account(client, mara, email):
    for _ in range(PER_ACCOUNT):
        assert enter(client, email, "wrong password").status_code == 422
    response = enter(client, email)
    assert response.status_code == 429
    assert "Too many tries. Wait" in response.get_data(as_text=True)


def test_signing_in_starts_a_new_session(client, mara):
    with client.session_transaction() as session:
        session["planted"] = "x"
    enter(client)
    with client.session_transaction() as session:
        assert "planted" not in session


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie:a=b",
        "\t//evil",
    ],
)
def test_next_leads_nowhere_else(target):
    assert local_path(target, "/") == "/"


def test_next_leads_back_to_where_one_was(client, mara):
    assert client.get("/account?x=1").headers["Location"] == "/sign-in?next=/account?x%3D1"
    assert enter(client, next="/account?x=1").headers["Location"] == "/account?x=1"


def test_signing_out_ends_the_sign_in(app, client, mara):
    enter(client)
    client.post("/sign-out")
    assert client.get("/account").status_code in {302, 303}
    with app.app_context():
        assert db.session.scalars(sa.select(SignIn.ended_at)).one() is not None


def test_a_deactivated_person_is_out_at_once(app, client, mara):
    enter(client)
    with app.app_context(), unit_of_work():
        db.session.scalars(sa.select(Person)).one().is_active = False
    assert client.get("/account").status_code in {302, 303}
    assert enter(client).status_code == 422


def test_a_link_works_once_even_for_two_at_the_same_instant(app, mara):
    with app.app_context(), unit_of_work():
        token = make_link(get_person(mara), LinkPurpose.RESET, by=None, now=clock.now())
    results, barrier = [], Barrier(4)

    def press(number):
        with app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    use_link(token, f"another password {number}", now=clock.now())
                results.append("in")
            except DomainError as error:
                results.append(str(error))

    threads = [Thread(target=press, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(result == "in" for result in results) == 1, results
    assert all("used" in result for result in results if result != "in")


def test_an_empty_installation_leads_to_the_first_run_page(client):
    assert client.get("/").headers["Location"].startswith("/sign-in")
    assert client.get("/sign-in").headers["Location"] == "/first-run"
    data = {"name": "Ada Admin", "email": "ada@example.org", "password": PASSWORD, "again": PASSWORD}
    assert client.post("/first-run", data=data).status_code == 303
    assert client.get("/first-run").headers["Location"] == "/sign-in"
    assert client.get("/admin/people").status_code == 200


def test_there_is_only_one_first_admin(context):
    add_first_admin("Ada", "ada@example.org", PASSWORD, now=clock.now())
    with pytest.raises(DomainError, match="has its first admin already"):
        add_first_admin("Bob", "bob@example.org", PASSWORD, now=clock.now())


def test_the_last_admin_stays_admin(context):
    ada = make_person("Ada Admin", "admin")
    with pytest.raises(DomainError, match="is the only active admin"):
        set_roles(ada, [], by=ada, now=clock.now())


def test_a_change_asked_for_by_another_site_is_refused(client, mara):
    sign_in(client, "mara")
    assert client.post("/sign-out", headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_developer_reaches_no_admin_page(client, mara):
    sign_in(client, "mara")
    assert client.get("/admin/people").status_code == 403
    assert client.post("/admin/people/mara/roles", data={"roles": ["admin"]}).status_code == 403


def test_a_forged_role_is_refused(client, app):
    with app.app_context(), unit_of_work():
        make_person("Ada Admin", "admin", handle="ada")
    sign_in(client, "ada")
    assert client.post("/admin/people/ada/roles", data={"roles": ["admin", "emperor"]}).status_code == 422


def test_an_admin_invites_and_the_link_lets_in(client, app):
    with app.app_context(), unit_of_work():
        make_person("Ada Admin", "admin", handle="ada")
    sign_in(client, "ada")
    page = client.post(
        "/admin/people", data={"name": "Noor Haddad", "email": "Noor@example.org", "roles": ["developer"]}
    )
    path = re.search(r"http://localhost(/links/[\w-]+)", page.get_data(as_text=True))[1]
    guest = app.test_client()
    assert "Noor Haddad" in guest.get(path).get_data(as_text=True)
    assert guest.post(path, data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
    assert guest.get("/account").status_code == 200
    assert guest.get(path).status_code == 404
