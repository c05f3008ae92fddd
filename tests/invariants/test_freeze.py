"""A frozen board tells nothing: every page is fetched before and after things are decided, and must not differ by a byte.

Addresses come from the application's own map, so a new page that shows what happened after the freeze fails here, and so
does one that the probe does not know how to reach.
"""

import itertools
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.backlog.models import Incident, Source, SourceKind, WriteBack
from gamebash.backlog.severity import Severity
from gamebash.ceremony.closing import close_event, judge_event
from gamebash.core.db import db, unit_of_work
from gamebash.events.freeze import public_until
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.play.claims import claim_story
from gamebash.play.fixes import FixDraft, RootCause, submit_fix
from gamebash.play.models import Fix, FixState
from gamebash.play.reveal import sweep_reveals
from gamebash.play.reviews import accept_fix
from gamebash.points import boards, seasons
from gamebash.points.ledger import award_points
from gamebash.screen.links import make_link
from gamebash.stories.models import Story
from gamebash.verify import verify
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
)
from tests.support.signing_in import sign_in

FROZEN = NOW - timedelta(minutes=30)
OUTSIDERS = ("guest", "noor", "manager", "admin")
# Many ways of asking at once: pages take what they know and leave the rest.
QUERIES = (
    "q=label&in=stories&s=squashed&show=done&by=squads&state=watched&kind=fix&sort=recent&show=past",
    "q=zelda&s=review&show=event&by=teams&sort=minutes&format=csv",
    "page=2&kind=points&words=fix:accepted",
    # What pages that listen would be told, once.
    "poll=1",
    "poll=1&by=squads",
)
# When a page was begun, which its stream is told; it grows with nothing but time.
WHEN_BEGUN = re.compile(rb"have=[0-9a-f]{8}-\d+-x")
# What is no page of the application: files, and what asks the machine how it is.
NOT_PROBED = {"static", "health.healthz", "health.readyz"}


def fix_draft():
    return FixDraft("https://git.example/1", "Retry with jitter.", RootCause.CODE_DEFECT, "No timeout.", "A test.")


@pytest.fixture
def world(app, time_machine):
    """A frozen event: one story squashed before, one in review by Zelda with an assist, and everybody who could look."""
    time_machine.move_to(NOW, tick=False)
    with app.app_context(), unit_of_work():
        team = make_team()
        service = make_service("label-printing", team=team)
        problem = make_problem(service, incident_count=1)
        source = add(Source(slug="desk", name="Desk", kind=SourceKind.REDMINE, is_writing_back=True, created_at=NOW))
        add(
            Incident(
                source_id=source.id, external_id="INC-1", title="Label queue stalls", service_id=service.id, problem_id=problem.id,
                severity=Severity.SEV2, opened_at=NOW - timedelta(days=3), status="open", content_hash="x",
            )
        )  # fmt: skip
        first = make_story(service=service, title="Label store is slow")
        second = make_story(service=service, title="Label queue stalls", problem_id=problem.id)
        third = make_story(service=service, title="Label cache is cold")
        event = make_event(
            # Nobody is drawn to look twice: whoever is, has a part in it.
            stories=[first, second, third],
            rules=Rules(spot_check_share=0.0),
            goal_measure="value",
            goal_target=100.0,
            goal_reward="Pizza",
            slug="bash",
            freezes_at=FROZEN,
            went_live_at=NOW - timedelta(hours=1),
        )
        squad = make_squad(event)
        people = {
            handle: make_person(name, *roles, handle=handle)
            for handle, name, *roles in (
                ("zelda", "Zelda Quill", "developer"), ("mate", "Mika Mate", "developer"), ("helper", "Hal Help", "developer"),
                ("sam", "Sam Okafor", "developer"), ("noor", "Noor Haddad", "developer"), ("guest", "Gus Guest", "developer"),
                ("manager", "Mara Manager", "manager"), ("admin", "Ada Admin", "admin"), ("aisha", "Aisha Bello", "organiser"),
            )
        }  # fmt: skip
        zelda = make_player(event, people["zelda"], squad=squad, team=team)
        make_player(event, people["mate"], squad=squad, team=team)
        for handle in ("helper", "sam"):
            make_player(event, people[handle], team=team)
        entries = list(db.session.scalars(sa.select(EventStory).order_by(EventStory.rank)))
        early = FROZEN - timedelta(minutes=20)
        done = submit_fix(claim_story(entries[0], by=zelda, now=early), fix_draft(), by=zelda, now=early)
        accept_fix(done, by=done.reviews[0].player, now=early)
        waiting = submit_fix(
            claim_story(entries[1], by=zelda, now=early),
            FixDraft("https://git.example/2", "Gave the lock back.", RootCause.DATA, "A lock.", "A test.", assists=("helper",)),
            by=zelda,
            now=FROZEN + timedelta(minutes=5),
        )  # fmt: skip
        assert [review.player.person.handle for review in waiting.reviews] == ["sam"]
        make_player(event, people["noor"], team=team)
        return {
            "slug": ("bash",),
            "story": tuple(f"GB-{one.number}" for one in (first, second, third)),
            "handle": ("zelda", "sam", "noor"),
            "code": (team.code,),
            "problem": (problem.key,),
            "token": (make_link(event, by=people["aisha"], now=NOW),),
        }


def decide(app, at=NOW):
    """Squash the waiting story, and award points: what nobody else may learn of."""
    with app.app_context(), unit_of_work():
        fix = db.session.scalars(sa.select(Fix).where(Fix.state == FixState.IN_REVIEW)).one()
        accept_fix(fix, by=fix.reviews[0].player, now=at)
        award_points(fix.player, 4, reason="Marked award.", by=_named("aisha"), now=at)


def _named(handle):
    return db.session.scalars(sa.select(Person).where(Person.handle == handle)).one()


def addresses(app, world):
    """Yield the address of every page, one for each thing it can show."""
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint in NOT_PROBED:
            continue
        samples = [_samples(rule, name, world) for name in sorted(rule.arguments)]
        for values in itertools.product(*samples):
            with app.test_request_context():
                yield app.url_map.bind("localhost").build(
                    rule.endpoint, dict(zip(sorted(rule.arguments), values, strict=True))
                )


def _samples(rule, name, world):
    known = {
        "/events/<slug>": {"slug": world["slug"], "handle": world["handle"], "key": world["story"]},
        "/stories/<key>": {"key": world["story"]},
        "/backlog/problems/<key>": {"key": world["problem"]},
        "/backlog/alike/": {"source": ("desk",), "external_id": ("INC-1",)},
        "/backlog/incidents/": {"source": ("desk",), "external_id": ("INC-1",)},
        "/backlog/sources/": {"slug": ("desk",), "kind": ("file",)},
        "/backlog/imports/": {"reference": ("none",)},
        "/backlog/noise/": {"key": ("none",)},
        "/rotation/people/": {"handle": ("zelda",)},
        "/rotation/moves/": {"number": (1,)},
        "/rotation/": {"number": (1,), "reference": ("none",)},
        "/admin/people/": {"handle": ("zelda",)},
        "/teams/": {"code": world["code"]},
        "/operating-models/": {"code": world["code"], "number": (1,)},
        "/hypercare/": {"number": (1,), "service": ("label-printing",)},
        "/handovers/": {"code": world["code"], "number": (1,)},
        "/links/": {"token": ("none",)},
        "/calendar/": {"token": ("none",)},
        "/screen/": {"token": world["token"]},
        "/players/": {"key": ("zelda", "sam")},
        "/seasons/": {"year": (NOW.year,)},
        "/staffing/": {"number": (1,)},
        "/knowledge/": {"slug": ("label-printing",), "handle": ("zelda",)},
    }
    for start, values in known.items():
        if rule.rule.startswith(start) and name in values:
            return values[name]
    pytest.fail(f"Tell the probe what to put for <{name}> in {rule.rule}, so that it sees whether the page leaks.")


@pytest.fixture
def browsers(app, world):
    """A browser for each of those who had no part in what is decided."""
    found = {handle: sign_in(app.test_client(), handle) for handle in OUTSIDERS}
    for client in found.values():
        client.check_pages = False
    return found


def looks(app, world, browsers, only=None):
    """Return what everybody gets at every address, headers too; the first asks every address in many ways."""
    boards.forget()
    seasons.forget()
    found = {}
    for handle, client in browsers.items():
        for address in sorted(only or set(addresses(app, world))):
            plain = found[handle, address, ""] = _look(client, address)
            if plain[0] != 200:
                continue
            found[handle, address, "htmx"] = _look(client, address, {"HX-Request": "true"})
            for query in QUERIES if handle == OUTSIDERS[0] else ():
                found[handle, address, query] = _look(client, f"{address}?{query}", {"HX-Request": "true"})
    return found


def _look(client, address, headers=None):
    if address.partition("?")[0].endswith("/live"):
        # What a stream would send at once, asked for once; what it sends later is made of the same parts.
        address += ("&" if "?" in address else "?") + "poll=1"
    response = client.get(address, headers=headers or {})
    told = {name: value for name, value in response.headers if name not in {"Set-Cookie", "Date", "X-Request-Id"}}
    return response.status_code, told, WHEN_BEGUN.sub(b"", response.get_data())


def differing(before, after):
    return sorted({key[1] for key in before if before[key] != after[key]})


# Thousands of pages, and on a busy machine slow ones.
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_whatever_is_decided_after_the_freeze_changes_no_byte_of_any_page_for_others(app, world, browsers):
    before = looks(app, world, browsers)
    assert len({key[1] for key in before if before[key][0] == 200}) > 40
    decide(app)
    assert differing(before, looks(app, world, browsers)) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_without_a_freeze_the_same_probe_sees_it_on_every_page_that_tells(app, world, browsers):
    with app.app_context(), unit_of_work():
        db.session.scalars(sa.select(Event)).one().freezes_at = None
    story, problem = world["story"][1], world["problem"][0]
    telling = {
        "/events", "/events/bash", "/events/bash/feed", "/events/bash/leaderboard", "/events/bash/live", "/events/bash/results",
        "/events/bash/scores/zelda", "/stories", "/stories/export.csv", f"/stories/{story}", f"/backlog/problems/{problem}",
        "/backlog", "/admin/audit", f"/seasons/{NOW.year}", f"/screen/{world['token'][0]}",
    }  # fmt: skip
    before = looks(app, world, browsers, only=telling)
    decide(app)
    assert differing(before, looks(app, world, browsers, only=telling)) == sorted(telling)


@pytest.mark.parametrize("handle", ["zelda", "mate", "helper", "sam"])
def test_who_had_a_part_in_it_sees_it(app, world, handle):
    address = f"/stories/{world['story'][1]}"
    client = sign_in(app.test_client(), handle)
    assert "accepted it" not in client.get(address).get_data(as_text=True)
    decide(app)
    assert "accepted it at 10:00" in client.get(address).get_data(as_text=True)
    assert "act-squashed" not in client.get("/events/bash").get_data(as_text=True)


def test_players_see_their_own_points_and_organisers_see_both(app, world):
    decide(app)
    zelda, aisha, noor = (sign_in(app.test_client(), handle) for handle in ("zelda", "aisha", "noor"))
    address = "/events/bash/scores/zelda"
    own, organisers, others = (client.get(address).get_data(as_text=True) for client in (zelda, aisha, noor))
    assert "Marked award." in own
    assert "Marked award." in organisers
    assert "Marked award." not in others
    public, as_it_is = (
        aisha.get(f"/events/bash/leaderboard{query}").get_data(as_text=True) for query in ("", "?freeze=off")
    )
    assert "Zelda Quill leads with 9 points" in public
    assert "Zelda Quill leads with 20 points" in as_it_is
    assert "Only organisers see this" in as_it_is
    assert "leads with 9 points" in noor.get("/events/bash/leaderboard?freeze=off").get_data(as_text=True)


def test_what_is_refused_tells_no_more_than_before(app, world):
    """A claim or a verdict that is refused is an answer too: it has to be the same whether the story is squashed or not."""
    story = world["story"][1]
    noor = sign_in(app.test_client(), "noor")
    asked = (
        ("claim", {}),
        ("review", {"verdict": "accept"}),
        ("fix", {}),
        ("extend", {}),
        ("appeal", {"reason": "Why"}),
    )
    refusals = []
    for _ in range(2):
        answers = [noor.post(f"/stories/{story}/{verb}", data=data) for verb, data in asked]
        refusals.append([(answer.status_code, answer.get_data()) for answer in answers])
        if len(refusals) == 1:
            decide(app)
    assert [status for status, _ in refusals[0]] == [status for status, _ in refusals[1]]
    for before, after in zip(*refusals, strict=True):
        assert before[1].decode() == after[1].decode()


def test_the_results_let_everything_be_known_also_at_the_sources(app, world, time_machine):
    decide(app)
    with app.app_context():
        story = db.session.scalars(sa.select(Story).where(Story.title == "Label queue stalls")).one()
        assert (story.state, story.problem.state) == ("in_review", "being_fixed")
        assert db.session.scalars(sa.select(WriteBack)).all() == []
        assert verify() == []
    with app.app_context(), unit_of_work():
        event = db.session.scalars(sa.select(Event)).one()
        judge_event(event, by=_named("aisha"), now=event.ends_at)
        close_event(event, by=_named("aisha"), now=event.reviews_end_at)
        reveals_at = event.reveals_at
    time_machine.move_to(reveals_at - timedelta(minutes=1), tick=False)
    boards.forget()
    noor = sign_in(app.test_client(), "noor")
    assert "Zelda Quill leads with 9 points" in noor.get("/events/bash/leaderboard").get_data(as_text=True)
    assert not worked_off(app, reveals_at - timedelta(minutes=1))
    time_machine.move_to(reveals_at, tick=False)
    assert worked_off(app, reveals_at)
    assert not worked_off(app, reveals_at)
    with app.app_context():
        story = db.session.scalars(sa.select(Story).where(Story.title == "Label queue stalls")).one()
        assert (story.state, story.problem.state) == ("accepted", "watched")
        assert len(db.session.scalars(sa.select(WriteBack)).all()) == 1
        assert verify() == []
    boards.forget()
    assert "Zelda Quill won with 20 points" in noor.get("/events/bash/leaderboard").get_data(as_text=True)


def worked_off(app, now):
    with app.app_context(), unit_of_work():
        return sweep_reveals(now=now)


def test_a_freeze_that_moves_with_a_pause_does_not_hold_back_before_its_time():
    at, later = NOW + timedelta(minutes=10), NOW + timedelta(days=1)
    assert public_until(EventState.LIVE, at, None, None, at) == at
    assert public_until(EventState.LIVE, at, NOW, None, at + timedelta(hours=1)) is None
    assert public_until(EventState.JUDGING, at, None, None, later) == at
    assert public_until(EventState.CLOSED, at, None, later + timedelta(seconds=1), later) == at
    assert public_until(EventState.CLOSED, at, None, later, later) is None
    for state in (EventState.CANCELLED, EventState.SCHEDULED):
        assert public_until(state, at, None, None, later) is None
    assert public_until(EventState.LIVE, None, None, None, at) is None
