"""Who can read what about somebody: pages are opened by everybody, and must keep to the policy table.

Lena is in OPS, which Priya manages, as she does CHK. Ruben manages WHS, and planned a move of Lena that she declined. Sam is
her colleague; Aisha organises, Viktor is an admin, and neither is a manager.
"""

import io
import re
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.absences.absences import add_absence
from gamebash.absences.kinds import KIND_WORDS, AbsenceKind
from gamebash.absences.spans import DaysAway
from gamebash.core import clock
from gamebash.core.db import db
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.models import Notice
from gamebash.notices.notices import tell
from gamebash.policy import PRIVACY, Matter, Relation
from gamebash.rotation.consents import decline_move
from gamebash.rotation.models import Team, TeamManager
from gamebash.rotation.moves import MoveDraft, log_move
from gamebash.staffing.handovers.handovers import name_receiver, write_notes
from gamebash.staffing.handovers.models import Handover
from gamebash.staffing.preferences import say_preference
from gamebash.staffing.wishes import Preference, Wish
from tests.factories import make_event, make_player, make_service
from tests.rotation.making import Role, a_person, sign_in, some_teams
from tools import sizes

NOW = clock.now()
TODAY = NOW.date()
VIEWERS = {
    Relation.THEMSELVES: "Lena Vogt", Relation.THEIR_MANAGER: "Priya Raman", Relation.ANOTHER_MANAGER: "Ruben Claes",
    Relation.COLLEAGUE: "Sam Okafor", Relation.ORGANISER: "Aisha Bello", Relation.ADMIN: "Viktor Novak",
}  # fmt: skip
ROLES = {
    "Priya Raman": [Role.MANAGER], "Ruben Claes": [Role.MANAGER], "Aisha Bello": [Role.ORGANISER], "Viktor Novak": [Role.ADMIN],
}  # fmt: skip
# What stands on a page where the matter can be read.
MARKS = {
    Matter.WISH: "wish: nearer to my garden",
    Matter.WHY_AWAY: f">{KIND_WORDS[AbsenceKind.PARENTAL]}<",
    Matter.WHY_DECLINED: "exams in the evening school",
    Matter.HANDOVER_NOTES: "the tape robot needs a push",
    Matter.NOTICES: "your night shift was noticed",
    Matter.EMAIL: "lena-vogt@example.org",
    Matter.MOVES: "to be nearer to production",
    Matter.KNOWLEDGE: '<a class="name" href="/knowledge?person=lena-vogt">',
}
# Streams without an end, and what is for programs.
NOT_PAGES = re.compile(r"/live$|^/(static|healthz|readyz)")
WHERE_IT_BELONGS = (
    "/wishes/mine", "/wishes", "/fairness/figures", "/absences", "/absences?who=all", "/rotation/moves/3", "/handovers/2",
    "/notices", "/account", "/admin/people/lena-vogt", "/rotation/log", "/knowledge",
)  # fmt: skip
VALUES = {"handle": ["lena-vogt"], "code": ["OPS"], "number": ["1", "2", "3", "4", "5"], "slug": ["pager"]}


@pytest.fixture
def world(work):
    """Everything private about Lena is somewhere in the database."""
    with work():
        teams = some_teams(NOW)
        people = {name: a_person(name, NOW, *ROLES.get(name, ())) for name in VIEWERS.values()}
        priya, ruben, lena = (people[name] for name in ("Priya Raman", "Ruben Claes", "Lena Vogt"))
        for code, manager in (("OPS", priya), ("CHK", priya), ("WHS", ruben)):
            db.session.add(TeamManager(team_id=teams[code].id, person_id=manager.id))
        for name in ("Lena Vogt", "Sam Okafor"):
            draft = MoveDraft(None, teams["OPS"], TODAY - timedelta(days=200), MARKS[Matter.MOVES])
            log_move(people[name], draft, by=priya, now=NOW)
        say_preference(lena, Preference(Wish.MOVE, frozenset({teams["CHK"].id}), note=MARKS[Matter.WISH]), now=NOW)
        away = DaysAway(TODAY + timedelta(days=3), TODAY + timedelta(days=90))
        add_absence(lena, away, AbsenceKind.PARENTAL, by=lena, now=NOW)
        ahead = MoveDraft(teams["OPS"], teams["CHK"], TODAY + timedelta(days=20), "Turn")
        declined = log_move(lena, ahead, by=ruben, now=NOW)
        decline_move(declined, reason=MARKS[Matter.WHY_DECLINED], by=lena, now=NOW)
        log_move(lena, MoveDraft(teams["OPS"], teams["CHK"], TODAY + timedelta(days=40), "Turn"), by=priya, now=NOW)
        handover = db.session.scalars(sa.select(Handover).order_by(Handover.number.desc())).first()
        write_notes(handover, MARKS[Matter.HANDOVER_NOTES], by=lena, now=NOW)
        tell(lena.id, NoticeKind.EVENT, MARKS[Matter.NOTICES], key="night", now=NOW)
        make_service("pager", teams["OPS"])
        event = make_event(slug="pager")
        for name in ("Lena Vogt", "Sam Okafor"):
            make_player(event, people[name])
    return people


def addresses(app):
    """Return every address that can be opened, with what it is about filled in."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or NOT_PAGES.search(rule.rule):
            continue
        names = re.findall(r"<(?:\w+:)?(\w+)>", rule.rule)
        if all(name in VALUES for name in names):
            for at in range(max((len(VALUES[name]) for name in names), default=1)):
                path = rule.rule
                for name in names:
                    path = re.sub(rf"<(?:\w+:)?{name}>", VALUES[name][min(at, len(VALUES[name]) - 1)], path)
                found.append(path)
    return [*found, "/absences?who=all", "/admin/audit?format=csv", "/handovers?show=all", "/wishes?wish=move"]


def opened(client, path):
    """Return what an address gives as text; what a form offers to choose from tells nothing about anybody."""
    response = client.get(path)
    if response.mimetype == "application/zip":
        return zipfile.ZipFile(io.BytesIO(response.get_data())).read("data.json").decode()
    text = response.get_data(as_text=True) if response.status_code == 200 else ""
    return re.sub(r"<option.*?</option>", "", text, flags=re.DOTALL)


def seen_by(client, person, paths, work):
    """Return on which of these pages somebody reads what of Lena."""
    with work():
        sign_in(client, person)
    client.check_pages = False
    found = {}
    for path in paths:
        text = opened(client, path)
        for matter, mark in MARKS.items():
            if mark in text:
                found.setdefault(matter, path)
    return found


@pytest.mark.parametrize("relation", Relation)
def test_everybody_reads_where_it_belongs_what_the_policy_lets_them_read_and_nothing_else(
    client, world, work, relation
):
    found = seen_by(client, world[VIEWERS[relation]], WHERE_IT_BELONGS, work)
    assert set(found) == {matter for matter in MARKS if relation in PRIVACY[matter]}, found


def test_no_page_at_all_tells_another_manager_or_whoever_else_has_every_other_role(app, client, world, work):
    paths = addresses(app)
    assert len(paths) > 120
    assert len({path for path in paths if "/moves/" in path}) >= 20
    with work():
        everything_else = a_person("Rosa Jimenez", NOW, Role.DEVELOPER, Role.ORGANISER, Role.ADMIN)
        ops = db.session.scalar(sa.select(Team).where(Team.code == "OPS"))
        log_move(everything_else, MoveDraft(None, ops, TODAY - timedelta(days=9)), by=world["Priya Raman"], now=NOW)
    others = {Relation.COLLEAGUE, Relation.ORGANISER, Relation.ADMIN}
    for person, relations in ((world["Ruben Claes"], {Relation.ANOTHER_MANAGER}), (everything_else, others)):
        found = seen_by(client, person, paths, work)
        leaks = {matter: path for matter, path in found.items() if not relations & PRIVACY[matter]}
        assert leaks == {}


def test_only_who_takes_a_handover_over_reads_its_notes_besides(client, world, work):
    with work():
        handover = db.session.scalars(sa.select(Handover).order_by(Handover.number.desc())).first()
        name_receiver(handover, world["Sam Okafor"], by=world["Priya Raman"], now=NOW)
        sign_in(client, world["Sam Okafor"])
    assert MARKS[Matter.HANDOVER_NOTES] in client.get(f"/handovers/{handover.number}").get_data(as_text=True)


def test_who_planned_a_move_hears_that_it_was_declined_and_why_only_as_a_manager_of_its_teams(world):
    told = {
        name: " ".join(db.session.scalars(sa.select(Notice.text).where(Notice.person_id == person.id)))
        for name, person in world.items()
    }
    assert "Lena Vogt declines to go from OPS to CHK" in told["Ruben Claes"]
    assert [name for name, text in told.items() if MARKS[Matter.WHY_DECLINED] in text] == ["Priya Raman"]


@pytest.mark.parametrize("relation", Relation)
def test_the_file_of_everything_about_oneself_holds_nothing_private_of_anybody_else(client, world, work, relation):
    with work():
        sign_in(client, world[VIEWERS[relation]])
    text = opened(client, "/account/data.zip")
    found = {matter for matter, mark in MARKS.items() if mark in text}
    allowed = {matter for matter in MARKS if relation in PRIVACY[matter]}
    assert VIEWERS[relation] in text
    assert found <= allowed
    assert relation is not Relation.THEMSELVES or found == set(MARKS) - {Matter.WHY_AWAY, Matter.KNOWLEDGE}


def test_how_many_wait_is_told_of_those_whose_wishes_a_manager_may_read(client, world, work):
    figures = {}
    for relation in (Relation.THEIR_MANAGER, Relation.ANOTHER_MANAGER, Relation.COLLEAGUE):
        with work():
            sign_in(client, world[VIEWERS[relation]])
        text = client.get("/fairness/figures").get_data(as_text=True)
        figures[relation] = re.findall(r"still waiting</dt><dd>([^<]*)", text)
    assert figures == {
        Relation.THEIR_MANAGER: ["1 person"], Relation.ANOTHER_MANAGER: ["0 people"], Relation.COLLEAGUE: [],
    }  # fmt: skip


def test_the_table_for_works_councils_says_what_the_policy_says():
    text = (sizes.ROOT / "docs" / "manager.md").read_text()
    rows = [
        [cell.strip() for cell in line.strip("| \n").split("|")] for line in text.splitlines() if line.startswith("|")
    ]
    head = next(row for row in rows if row[1:] == [relation.value for relation in Relation])
    written = {row[0]: {relation for relation, cell in zip(Relation, row[1:], strict=True) if cell == "yes"} for row in rows
               if len(row) == len(head) and row[1] in {"yes", "no"}}  # fmt: skip
    assert written == {matter.value: set(PRIVACY[matter]) for matter in Matter}
