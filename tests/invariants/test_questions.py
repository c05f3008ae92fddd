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
from gamebash.events.models import Event, Lesson, Series
from gamebash.events.questions import ask_question
from gamebash.events.rules import Rules
from gamebash.play.claims import claim_story, release_claim
from gamebash.play.fixes import FixDraft, RootCause, submit_fix
from gamebash.play.reviews import accept_fix
from gamebash.points.ledger import award_points
from gamebash.policy import Role
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
from tests.support.asking import MOST, asked
from tests.support.signing_in import sign_in

# What is about the day itself, and shows other things while the board stands still.
OF_THE_DAY = (
    "/", "/events", "/events/{slug}", "/events/{slug}?s=open", "/events/{slug}/cockpit", "/events/{slug}/leaderboard",
    "/events/{slug}/feed", "/events/{slug}/players", "/events/{slug}/scores/{handle}", "/events/{slug}/flags",
    "/events/{slug}/questions", "/events/{slug}/prizes", "/events/{slug}/judging", "/events/{slug}/rescore",
    "/events/{slug}/rules", "/events/{slug}/screen", "/stories/{squashed}", "/stories/{waiting}", "/stories/{open}",
    "/stories/{held}", "/players/{handle}", "/badges",
)  # fmt: skip
OF_THE_HOUSE = (
    "/stories", "/stories/{ready}", "/stories/{ready}/edit", "/backlog", "/backlog/triage", "/backlog/triage?service={service}",
    "/backlog/incidents", "/backlog/noise", "/backlog/sources", "/backlog/backtest", "/backlog/imports",
    "/backlog/problems/{problem}", "/events/{draft}", "/events/{draft}/setup", "/events/{draft}/setup/rules", "/series",
    "/teams", "/teams/{code}", "/rotation", "/rotation/log", "/rotation/flow", "/rotation/tours", "/rotation/people/{handle}",
    "/knowledge", "/knowledge/{service}", "/knowledge-gaps", "/hypercare", "/releases", "/handovers", "/fairness",
    "/fairness/figures", "/eligibility", "/staffing", "/wishes", "/absences", "/operating-models", "/watches",
    "/watches/proposals", "/watches/repeats", "/admin/people", "/admin/people/{handle}", "/admin/audit", "/notices", "/account",
    "/search?q=queue",
)  # fmt: skip
CLOSED = (
    "/events/{slug}", "/events/{slug}/report", "/events/{slug}/results", "/events/{slug}/ceremony", "/events/{slug}/effect",
    "/events/{slug}/retro", "/events/{slug}/leaderboard", "/events/{slug}/scores/{handle}", "/events/{next}/setup", "/seasons/{year}",
)  # fmt: skip
FOR_ORGANISERS = {"cockpit", "flags", "judging", "rescore", "screen"}
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
        self.me = make_person(f"Reader {slug}", "developer", "organiser", "manager", "admin", handle=f"me-{slug}")
        self.squad = make_squad(self.event, f"Squad {slug}")
        self.reader = make_player(self.event, self.me, squad=self.squad, team=self.team)
        self.players = [make_player(self.event, team=self.team) for _ in range(3 * many)]
        self.squashed = [self.squash(player) for player in self.players[:many]]
        self.waiting = [self.submit(player) for player in self.players[many : 2 * many]]
        self.held = [claim_story(self.story(), by=player, now=NOW) for player in self.players[2 * many :]]
        self.open = [self.story() for _ in range(many)]
        self.mine = claim_story(self.story(), by=self.reader, now=NOW)
        self.draft = self.prepare(f"{slug}-draft")
        for number in range(many):
            make_player(self.draft, self.players[number].person)
            self.ready_one = make_story(service=self.service)
            announce(self.event, f"Pizza {number}", by=self.me, now=NOW)
            ask_question(self.event, f"Why {number}?", person=self.players[number].person, now=NOW)
            award_points(self.players[number], 1, reason="Helped.", by=self.me, now=NOW)

    def prepare(self, slug, series_id=None):
        """A draft with stories on its board, and with weights of its own, by which their values are worked out anew."""
        weights = Rules(severity_weights={**Rules().severity_weights, Severity.SEV2: 9})
        board = [self.ready() for _ in range(self.many)]
        return make_event(EventState.DRAFT, board, weights, slug=slug, series_id=series_id)

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

    def addresses(self, pages):
        words = {
            "slug": self.slug, "draft": self.draft.slug, "next": f"{self.slug}-next", "handle": self.me.handle, "code": self.team.code,
            "squashed": self.squashed[0].story.key, "waiting": self.waiting[0].story.key, "open": self.open[0].story.key,
            "held": self.mine.story.key, "ready": self.ready_one.key, "problem": self.open[0].story.problem.key,
            "service": self.service.slug, "year": NOW.year,
        }  # fmt: skip
        return {page: page.format(**words) for page in pages}


def count_of(client, address):
    assert client.get(address).status_code == 200, address
    with asked(client.application) as statements:
        client.get(address)
    return len(statements)


@pytest.fixture
def counted(app, time_machine):
    """What each page asks for, on a day with few of everything and on one with twice as many."""
    time_machine.move_to(NOW, tick=False)

    def count(pages, finish=lambda day: None):
        found = []
        for slug, many in (("few", 2), ("many", 4)):
            with app.app_context(), unit_of_work():
                day = Day(slug, many)
                finish(day)
                addresses = day.addresses(pages)
            client = sign_in(app.test_client(), f"me-{slug}")
            found.append({page: count_of(client, address) for page, address in addresses.items()})
        return found

    return count


def over(found):
    return {page: number for page, number in found.items() if number > MOST}


@pytest.mark.parametrize("pages", [OF_THE_DAY, OF_THE_HOUSE], ids=["of the day", "of the house"])
def test_a_page_asks_as_often_with_twice_as_much_of_everything(counted, pages):
    few, many = counted(pages)
    assert many == few
    assert over(few) == {}


def test_a_page_of_a_day_whose_board_stands_still_asks_no_oftener_for_a_player(counted):
    def freeze(day):
        day.event.freezes_at = NOW - timedelta(minutes=1)
        day.me.role_rows = [role for role in day.me.role_rows if role.role is Role.DEVELOPER]

    pages = [page for page in OF_THE_DAY if page.rpartition("/")[2] not in FOR_ORGANISERS]
    few, many = counted(pages, freeze)
    assert many == few
    assert over(few) == {}


def test_a_page_of_an_event_that_is_over_asks_as_often_with_twice_as_much_of_everything(counted, time_machine):
    def close(day):
        event = db.session.get_one(Event, day.event.id)
        series = add(Series(slug=day.slug, name=day.slug, rrule="FREQ=MONTHLY", starts_at=NOW, created_at=NOW))
        event.series_id = series.id
        day.prepare(f"{day.slug}-next", series.id)
        for number in range(day.many):
            add(
                Lesson(
                    series_id=series.id, number=number, event_id=event.id, text="Begin earlier.", chosen_by_id=day.me.id,
                    chosen_at=NOW,
                )
            )  # fmt: skip
        judge_event(event, by=day.me, now=event.ends_at)
        close_event(event, by=day.me, now=event.reviews_end_at)
        time_machine.move_to(event.reviews_end_at + timedelta(days=1), tick=False)

    few, many = counted(CLOSED, close)
    assert many == few
    assert over(few) == {}
