"""The demo's people, teams, services and a year of moves. All made up but the services' names."""

import random
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from gamebash.backlog.models import Service
from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.people.passwords import hash_password
from gamebash.people.persons import add_person
from gamebash.policy import Role
from gamebash.rotation.approvals import approve_move
from gamebash.rotation.consents import agree_to_move, decline_move
from gamebash.rotation.kinds import TeamKind
from gamebash.rotation.membership import teams_on
from gamebash.rotation.models import Crest, Move, Team
from gamebash.rotation.moves import MoveDraft, correct_move, log_move
from gamebash.rotation.swaps import Swap, log_swap
from gamebash.rotation.teams import TeamDraft, change_team, create_team

PASSWORD = "double-yellow-demo"
DOMAIN = "demo.example"

TEAMS = (
    TeamDraft("OPS", "Production support", TeamKind.OPS, Crest.RING, "ops"),
    TeamDraft("SRE", "Reliability", TeamKind.SRE, Crest.CROSS, "5"),
    TeamDraft("FLO", "Automation", TeamKind.SCRUM, Crest.TRIANGLE, "1"),
    TeamDraft("COL", "Collaboration", TeamKind.SCRUM, Crest.DIAMOND, "2"),
    TeamDraft("COR", "Core platform", TeamKind.SCRUM, Crest.SQUARE, "3"),
    TeamDraft("DEV", "Developer tools", TeamKind.SCRUM, Crest.PENTAGON, "4"),
)
OWNERS = {
    "Actions": ("FLO", 1), "Packages": ("FLO", 2), "Pages": ("FLO", 3), "Issues": ("COL", 2), "Pull Requests": ("COL", 1),
    "Git Operations": ("COR", 1), "API Requests": ("COR", 1), "Webhooks": ("COR", 2), "Codespaces": ("DEV", 2),
    "Copilot": ("DEV", 2), "Copilot AI Model Providers": ("DEV", 3), "Other services": ("OPS", 4),
}  # fmt: skip
MEMBERS = {
    "OPS": ("Aisha Bello", "Sam Okafor", "Ruben Castillo", "Ingrid Solberg", "Yusuf Demirci", "Hana Kimura",
            "Piotr Zielinski", "Leila Farahani"),
    "SRE": ("Tomasz Wrona", "Grace Mwangi", "Dmitri Sokolov", "Camille Laurent", "Owen Gallagher"),
    "FLO": ("Mara Lindqvist", "Jonas Pfeiffer", "Chidi Eze", "Sofia Rossi", "Kenji Watanabe", "Freya Nilsen", "Marco Bianchi"),
    "COL": ("Lena Vogt", "Noor Haddad", "Elif Demir", "Tiago Santos", "Maeve Byrne", "Anton Petrov", "Zanele Khumalo"),
    "COR": ("Priya Raman", "Viktor Novak", "Esi Mensah", "Lukas Huber", "Amara Diallo", "Bjorn Eriksen", "Rosa Jimenez"),
    "DEV": ("Nadia Rahman", "Felix Braun", "Mei Chen", "Oskar Lund", "Ines Moreau", "Dario Conti"),
}  # fmt: skip
ROLES = {
    "Mara Lindqvist": {Role.DEVELOPER},
    "Aisha Bello": {Role.DEVELOPER, Role.ORGANISER},
    "Grace Mwangi": {Role.DEVELOPER, Role.ORGANISER},
    "Priya Raman": {Role.DEVELOPER, Role.MANAGER},
    "Nadia Rahman": {Role.DEVELOPER, Role.MANAGER},
    "Viktor Novak": {Role.ADMIN},
}
DEMO_ACCOUNTS = {
    "developer": "Mara Lindqvist",
    "organiser": "Aisha Bello",
    "manager": "Priya Raman",
    "admin": "Viktor Novak",
}
ALIASES = {"Kenji Watanabe": "nightowl", "Maeve Byrne": "Rubber Duck", "Oskar Lund": "semicolon"}
MANAGERS = {
    "OPS": ("Priya Raman",), "SRE": ("Priya Raman",), "FLO": ("Nadia Rahman",), "COL": ("Nadia Rahman", "Priya Raman"),
    "COR": ("Priya Raman",), "DEV": ("Nadia Rahman",),
}  # fmt: skip
LIMITS = {TeamKind.OPS: (6, 52), TeamKind.SRE: (12, 60), TeamKind.SCRUM: (4, 0)}
SCRUM = ("FLO", "COL", "COR", "DEV")
REASONS = (
    "Wants to see production up close before the next release", "Back to building after a good turn in support",
    "Brings what support learned about the queues", "Covers for parental leave", "Asked for it in spring",
    "Teaches the team how the service is run",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who and what there is."""

    people: dict[str, Person]
    teams: dict[str, Team]

    def named(self, role: str) -> Person:
        """Return the demo account of a role."""
        return self.people[DEMO_ACCOUNTS[role]]


def build_organisation(*, now: datetime) -> Organisation:
    """Add people and teams, and log a year of moves."""
    began = now - timedelta(days=400)
    admin = _add("Viktor Novak", by=None, now=began)
    names = [name for members in MEMBERS.values() for name in members if name != admin.name]
    people = {admin.name: admin, **{name: _add(name, by=admin, now=began) for name in names}}
    for name in DEMO_ACCOUNTS.values():
        people[name].password_hash = hash_password(PASSWORD)
    teams = {draft.code: create_team(draft, by=admin, now=began) for draft in TEAMS}
    organisation = Organisation(people, teams)
    _log_year(organisation, now=now)
    _lead_teams(organisation, now=now)
    _plan_moves(organisation, now=now)
    return organisation


def _lead_teams(organisation: Organisation, *, now: datetime) -> None:
    """Name managers, and how long a tour should last; some have lasted longer."""
    for draft in TEAMS:
        managers = tuple(organisation.people[name] for name in MANAGERS[draft.code])
        min_weeks, max_weeks = LIMITS[draft.kind]
        led = replace(draft, managers=managers, min_weeks=min_weeks, max_weeks=max_weeks)
        change_team(organisation.teams[draft.code], led, by=organisation.named("admin"), now=now - timedelta(days=60))


def _plan_moves(organisation: Organisation, *, now: datetime) -> None:
    """Plan a turn that is agreed to, a swap that waits for answers, and one that was declined."""
    manager, other = organisation.people["Nadia Rahman"], organisation.named("manager")
    day = _monday(now.date() + timedelta(days=24))
    free = [name for name in organisation.people if name not in ROLES and name not in ALIASES]
    places = teams_on([organisation.people[name].id for name in free], day)
    by_code: dict[str, list[Person]] = {}
    for name in free:
        person = organisation.people[name]
        if person.id in places:
            by_code.setdefault(places[person.id].code, []).append(person)
    turn = MoveDraft(organisation.teams["COL"], organisation.teams["OPS"], day, "Asked for a turn in ops")
    move = log_move(by_code["COL"][0], turn, by=manager, now=now - timedelta(days=4))
    agree_to_move(move, by=move.person, now=now - timedelta(days=3))
    approve_move(move, by=other, now=now - timedelta(days=2))
    swap = Swap(by_code["OPS"][0], by_code["DEV"][0], day, "End of turn, and a first look at production")
    log_swap(swap, by=other, now=now - timedelta(days=1))
    late = day + timedelta(weeks=4)
    draft = MoveDraft(organisation.teams["FLO"], organisation.teams["SRE"], late, "Before the release")
    declined = log_move(by_code["FLO"][0], draft, by=manager, now=now - timedelta(days=6))
    reason = "I am moving house that week; February would be fine."
    decline_move(declined, reason=reason, by=declined.person, now=now - timedelta(days=5))


def email_of(name: str) -> str:
    """Return the demo address of somebody."""
    return f"{name.lower().replace(' ', '.')}@{DOMAIN}"


def give_services(organisation: Organisation) -> None:
    """Name the owning team and tier of each service that the incidents brought."""
    for service in db.session.scalars(sa.select(Service)):
        code, tier = OWNERS.get(service.name, ("OPS", 4))
        service.team_id = organisation.teams[code].id
        service.builder_team_id = organisation.teams[code].id
        service.tier = tier


def _add(name: str, *, by: Person | None, now: datetime) -> Person:
    person = add_person(name, email_of(name), ROLES.get(name, {Role.DEVELOPER}), by=by, now=now)
    person.is_playing = name not in {"Piotr Zielinski", "Ines Moreau"}
    person.alias = ALIASES.get(name)
    return person


def _log_year(organisation: Organisation, *, now: datetime) -> None:
    chance = random.Random("a year of moves")
    manager = organisation.named("manager")
    start = _monday(now.date() - timedelta(days=390))
    place = {}
    for code, members in MEMBERS.items():
        for number, name in enumerate(members):
            late = number == len(members) - 1 and code in SCRUM
            day = start + timedelta(weeks=chance.randint(14, 30) if late else 0)
            _log(organisation, name, None, code, day, "Joined the company", manager)
            place[name] = code
            if late:
                place.pop(name)
    for month in range(11):
        day = start + timedelta(weeks=6 + month * 4)
        _rotate(organisation, place, day, chance, manager)
    _mend_a_mistake(organisation, now=now)


def _rotate(organisation: Organisation, place: dict[str, str], day: date, chance: random.Random, by: Person) -> None:
    """Swap one of ops with one of a scrum team; those who hold a role stay where their role is."""
    free = [name for name in place if name not in ROLES and name not in ALIASES]
    ops = chance.choice([name for name in free if place[name] == "OPS"])
    builder = chance.choice([name for name in free if place[name] in SCRUM])
    code = place[builder]
    _log(organisation, ops, "OPS", code, day, chance.choice(REASONS), by)
    _log(organisation, builder, code, "OPS", day, chance.choice(REASONS), by)
    place[ops], place[builder] = code, "OPS"


def _mend_a_mistake(organisation: Organisation, *, now: datetime) -> None:
    """Somebody typed the wrong day once; the log shows both."""
    move = db.session.scalars(
        sa.select(Move).where(Move.from_team_id.is_not(None)).order_by(Move.number.desc()).limit(1)
    ).one()
    right = MoveDraft(move.from_team, move.to_team, move.effective_on + timedelta(days=1), move.reason)
    reason = "The turn began a day later than logged"
    manager, when = organisation.named("manager"), now - timedelta(days=20)
    approve_move(correct_move(move, right, reason=reason, by=manager, now=when), by=manager, now=when)


def _log(organisation: Organisation, name: str, old: str | None, new: str, day: date, reason: str, by: Person) -> Move:  # noqa: PLR0913, PLR0917
    draft = MoveDraft(organisation.teams[old] if old else None, organisation.teams[new], day, reason)
    logged = datetime.combine(min(day, day), datetime.min.time(), tzinfo=by.created_at.tzinfo) + timedelta(hours=9)
    move = log_move(organisation.people[name], draft, by=by, now=logged)
    approve_move(move, by=by, now=logged + timedelta(hours=1))
    return move


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
