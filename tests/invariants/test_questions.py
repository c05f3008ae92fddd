"""How often a page asks the database: at most twelve times, and with twice as much of everything no oftener than before.

The frame around a page takes two of them (who signed in; what is live, new and announced), and two are for who leads, which
is worked out once for all readers.
"""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.backlog.models import Incident, IncidentStatus, ProblemWeek, Source, SourceKind
from gamebash.backlog.severity import Severity
from gamebash.ceremony.closing import close_event, judge_event
from gamebash.core.db import db, unit_of_work
from gamebash.events.announcements import announce
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from gamebash.events.questions import ask_question
from gamebash.events.rules import Rules
from gamebash.play.claims import claim_story, release_claim
from gamebash.play.fixes import FixDraft, RootCause, submit_fix
from gamebash.play.reviews import accept_fix
from gamebash.points import boards, seasons
from gamebash.points.ledger import award_points
from tests.factories import (
    NOW,
    add,
    make_event,
    make_person,
    make_player,
    make_problem,
    make_service,
    make_squad,
    make_story,
    make_team,
    put_on_board,
)
from tests.support.signing_in import sign_in

LIVE = {
    "/": 12,
    "/events/{slug}": 12,
    "/events/{slug}/cockpit": 12,
    "/events/{slug}/leaderboard": 12,
    "/events/{slug}/feed": 12,
    "/events/{slug}/players": 12,
    "/events/{slug}/scores/{handle}": 12,
    "/stories/{squashed}": 12,
    "/stories/{waiting}": 12,
    "/stories/{open}": 12,
    "/stories": 12,
    "/backlog": 12,
    "/backlog/triage": 12,
    "/backlog/problems/{problem}": 12,
    "/teams/{code}": 12,
    "/rotation": 12,
    "/events/{draft}/setup": 12,
}
CLOSED = {
    "/events/{slug}/report": 12,
    "/events/{slug}/results": 12,
    "/events/{slug}/ceremony": 12,
}
DRAFT = FixDraft("https://git.example/1", "Retry with jitter.", RootCause.CODE_DEFECT, "No timeout.", "A test.")


class Day:
    """An event that somebody organises and plays in, and so many of everything that its pages show."""

    def __init__(self, slug, many):
        self.slug, self.many = slug, many
        self.team = make_team(slug[:3].upper())
        self.service = make_service(f"service-{slug}", team=self.team)
        self.source = add(Source(slug=slug, name=slug, kind=SourceKind.REDMINE, created_at=NOW))
        # The larger day began later, so it is the one that My day shows.
        began = NOW - timedelta(hours=1) + timedelta(minutes=many)
        self.event = make_event(slug=slug, starts_at=began, went_live_at=began, rules=Rules(spot_check_share=0.0))
        self.me = make_person(f"Reader {slug}", "developer", "organiser", "manager", handle=f"me-{slug}")
        self.squad = make_squad(self.event, f"Squad {slug}")
        self.reader = make_player(self.event, self.me, squad=self.squad, team=self.team)
        self.players = [make_player(self.event, team=self.team) for _ in range(3 * many)]
        self.squashed = [self.squash(player) for player in self.players[:many]]
        self.waiting = [self.submit(player) for player in self.players[many : 2 * many]]
        self.held = [claim_story(self.story(), by=player, now=NOW) for player in self.players[2 * many :]]
        self.open = [self.story() for _ in range(many)]
        claim_story(self.story(), by=self.reader, now=NOW)
        self.draft = make_event(EventState.DRAFT, [self.ready() for _ in range(many)], slug=f"{slug}-draft")
        for number in range(many):
            make_player(self.draft, self.players[number].person)
            make_story(service=self.service)
            announce(self.event, f"Pizza {number}", by=self.me, now=NOW)
            ask_question(self.event, f"Why {number}?", person=self.players[number].person, now=NOW)
            award_points(self.players[number], 1, reason="Helped.", by=self.me, now=NOW)

    def ready(self):
        problem = make_problem(self.service, incident_count=self.many)
        for number in range(self.many):
            add(
                Incident(
                    source_id=self.source.id, external_id=f"{problem.key}-{number}", title="Queue stalls", service_id=self.service.id,
                    problem_id=problem.id, severity=Severity.SEV2, opened_at=NOW - timedelta(days=3), status=IncidentStatus.OPEN,
                    content_hash="x",
                )
            )  # fmt: skip
            monday = NOW.date() - timedelta(days=NOW.weekday() + 7 * number)
            add(ProblemWeek(problem_id=problem.id, week_on=monday, incidents=1))
        return make_story(service=self.service, problem_id=problem.id)

    def story(self):
        """A story on the board that as many people let go of as there are of everything."""
        entry = put_on_board(
            self.event, self.ready(), 1 + db.session.scalar(sa.text("SELECT count(*) FROM event_stories"))
        )
        for _ in range(self.many):
            release_claim(claim_story(entry, by=self.reader, now=NOW), by=self.reader, now=NOW)
        return entry

    def submit(self, player):
        fix = submit_fix(claim_story(self.story(), by=player, now=NOW), DRAFT, by=player, now=NOW)
        # Whoever was drawn: the reader looks at all of them, so that My day has them too.
        fix.reviews[0].player = self.reader
        return fix

    def squash(self, player):
        fix = self.submit(player)
        return accept_fix(fix, by=fix.reviews[0].player, now=NOW)

    def addresses(self, budgets):
        words = {
            "slug": self.slug, "draft": self.draft.slug, "handle": self.me.handle, "code": self.team.code,
            "squashed": self.squashed[0].story.key, "waiting": self.waiting[0].story.key, "open": self.open[0].story.key,
            "problem": self.open[0].story.problem.key,
        }  # fmt: skip
        return {page: page.format(**words) for page in budgets}


@pytest.fixture
def asked(app):
    """Count the statements that a page needs where nobody has worked out yet who leads."""

    def count(client, address):
        statements = []

        def note(_connection, _cursor, statement, *_):
            if not statement.startswith("BEGIN"):
                statements.append(statement)

        assert client.get(address).status_code == 200, address
        boards.forget()
        seasons.forget()
        with app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        client.get(address)
        sa.event.remove(engine, "before_cursor_execute", note)
        return len(statements)

    return count


@pytest.fixture
def counted(app, asked, time_machine):
    """What each page asks for, on a day with few of everything and on one with twice as many."""
    time_machine.move_to(NOW, tick=False)

    def count(budgets, finish=lambda day: None):
        found = []
        for slug, many in (("few", 2), ("many", 4)):
            with app.app_context(), unit_of_work():
                day = Day(slug, many)
                finish(day)
                addresses = day.addresses(budgets)
            client = sign_in(app.test_client(), f"me-{slug}")
            found.append({page: asked(client, address) for page, address in addresses.items()})
        return found

    return count


def test_pages_of_a_live_event_ask_as_often_with_twice_as_much_of_everything(counted):
    few, many = counted(LIVE)
    assert many == few
    assert {page: number for page, number in few.items() if number > LIVE[page]} == {}


def test_pages_of_an_event_that_is_over_ask_as_often_with_twice_as_much_of_everything(counted, time_machine):
    def close(day):
        event = db.session.get_one(Event, day.event.id)
        judge_event(event, by=day.me, now=event.ends_at)
        close_event(event, by=day.me, now=event.reviews_end_at)
        time_machine.move_to(event.reviews_end_at + timedelta(days=1), tick=False)

    few, many = counted(CLOSED, close)
    assert many == few
    assert {page: number for page, number in few.items() if number > CLOSED[page]} == {}
