"""An organisation with known services, people and histories for the tests of staffing."""

from datetime import timedelta

from flask import g

from gamebash.backlog.models import Service
from gamebash.core import clock
from tests.factories import make_person, make_service, make_team
from tests.rotation.making import MoveDraft, log_move, sign_in

TODAY = clock.now().date()


def ago(days):
    return TODAY - timedelta(days=days)


def switch(client, person):
    """Let somebody else sit down at the browser; the test's own context remembers the last one, a real one does not."""
    g.pop("_login_user", None)
    sign_in(client, person)


class Organisation:
    """Teams OPS, CHK and WHS; CHK owns checkout-api, WHS owns label-printing, nobody owns fax."""

    def __init__(self):
        self.now = clock.now()
        self.ops = make_team("OPS", "ops")
        self.chk = make_team("CHK")
        self.whs = make_team("WHS")
        self.checkout: Service = make_service("checkout-api", self.chk)
        self.labels: Service = make_service("label-printing", self.whs)
        self.fax: Service = make_service("fax")
        self.people = {}

    def join(self, name, team, days, *then):
        """Let somebody join a team so many days ago, and move on: ``(team, days ago)`` each."""
        person = self.person(name)
        before = None
        for place, when in ((team, days), *then):
            log_move(person, MoveDraft(before, place, ago(when)), by=None, now=self.now)
            before = place
        return person

    def manager(self, name="Priya"):
        return self.person(name, "manager")

    def person(self, name, *roles):
        """Return somebody by name, who is made the first time."""
        if name not in self.people:
            self.people[name] = make_person(name, *roles, handle=name.lower())
        return self.people[name]
