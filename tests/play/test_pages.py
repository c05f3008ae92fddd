"""The game through its pages, as a browser without scripts and one with htmx play it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core import audit, clock
from gamebash.core.db import db, unit_of_work
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory
from gamebash.play.models import Claim, Fix, FixState
from gamebash.play.pauses import end_event_now
from gamebash.play.queries.feed import feed_of
from gamebash.points import boards
from gamebash.points.models import Standing
from tests.factories import NOW, make_event, make_person, make_player, make_service, make_story, make_team
from tests.support.signing_in import sign_in

FIX = {
    "change_url": "https://git.example/1", "what_was_done": "Retry with jitter.", "root_cause": "code_defect",
    "root_cause_found": "No timeout.", "prevention": "A test that failed before.", "deed": "submit",
}  # fmt: skip


@pytest.fixture
def game(app):
    """A live event with three stories of a team's service and three players; returns its slug and the stories' keys."""
    now = clock.now()
    with app.app_context(), unit_of_work():
        team = make_team()
        service = make_service(team=team)
        stories = [make_story(service=service, team_id=team.id) for _ in range(3)]
        event = make_event(
            stories=stories, starts_at=now.replace(year=now.year - 1), ends_at=now.replace(year=now.year + 1),
            reviews_end_at=now.replace(year=now.year + 2), went_live_at=now,
        )  # fmt: skip
        for handle in ("mara", "sam", "noor"):
            make_player(event, make_person(handle.title(), "developer", handle=handle), team=team)
        make_person("Aisha Bello", "organiser", handle="aisha")
        make_person("Guest", handle="guest")
        return event.slug, [story.key for story in stories]


@pytest.fixture
def browsers(app, game):
    return {handle: sign_in(app.test_client(), handle) for handle in ("mara", "sam", "noor", "aisha", "guest")}


def text_of(response):
    return response.get_data(as_text=True)


def points_of(app, handle):
    with app.app_context():
        return {row.player.person.handle: row.points for row in db.session.scalars(sa.select(Standing))}.get(handle, 0)


def test_a_story_goes_from_the_board_to_points_without_scripts(app, game, browsers):
    slug, (key, *_) = game
    mara = browsers["mara"]
    assert key in text_of(mara.get(f"/events/{slug}"))
    assert mara.post(f"/stories/{key}/claim").headers["Location"] == f"/stories/{key}"
    assert "Submit your fix" in text_of(mara.get(f"/stories/{key}"))
    assert mara.post(f"/stories/{key}/fix", data={**FIX, "deed": "draft"}).status_code == 303
    assert "Retry with jitter." in text_of(mara.get(f"/stories/{key}"))
    assert mara.post(f"/stories/{key}/fix", data=FIX).status_code == 303
    with app.app_context():
        reviewer = db.session.scalars(sa.select(Fix)).one().reviews[0].player.person.handle
    assert "Your word" in text_of(browsers[reviewer].get(f"/stories/{key}"))
    assert (
        browsers[reviewer].post(f"/stories/{key}/review", data={"verdict": "send_back", "reason": ""}).status_code
        == 422
    )
    assert (
        browsers[reviewer]
        .post(f"/stories/{key}/review", data={"verdict": "send_back", "reason": "No test."})
        .status_code
        == 303
    )
    assert "No test." in text_of(mara.get(f"/stories/{key}"))
    assert mara.post(f"/stories/{key}/fix", data=FIX).status_code == 303
    with app.app_context():
        fix = db.session.scalars(sa.select(Fix).where(Fix.state == FixState.IN_REVIEW)).one()
        second = fix.reviews[0].player.person.handle
    assert browsers[second].post(f"/stories/{key}/review", data={"verdict": "accept"}).status_code == 303
    assert points_of(app, "mara") == 9
    page = text_of(mara.get(f"/events/{slug}/scores/mara"))
    assert "Squashed" in page
    assert "First fix of the day" in page
    boards.forget()
    assert "Mara leads with 9 points" in text_of(browsers["guest"].get(f"/events/{slug}/leaderboard"))


def test_a_lost_race_brings_the_row_in_its_true_state_and_one_sentence(game, browsers):
    _, (key, *_) = game
    htmx = {"HX-Request": "true"}
    won = browsers["mara"].post(f"/stories/{key}/claim", headers=htmx)
    assert won.status_code == 200
    assert f'id="story-{key}"' in text_of(won)
    lost = browsers["sam"].post(f"/stories/{key}/claim", headers=htmx)
    assert lost.status_code == 409
    assert "You were not charged a claim" in text_of(lost)
    assert f'id="story-{key}"' in text_of(lost)
    plain = browsers["sam"].post(f"/stories/{key}/claim")
    assert plain.status_code == 409
    assert "Mara was" in text_of(plain)


def test_only_players_claim(game, browsers):
    _, (key, *_) = game
    response = browsers["guest"].post(f"/stories/{key}/claim")
    assert response.status_code == 403
    assert "You do not play in" in text_of(response)


def test_a_claim_after_the_end_is_refused(app, game, browsers):
    slug, (key, *_) = game
    with app.app_context(), unit_of_work():
        event = db.session.scalars(sa.select(Event)).one()
        end_event_now(event, by=make_person("Organiser"), now=clock.now())
    response = browsers["mara"].post(f"/stories/{key}/claim")
    assert response.status_code == 409
    assert "so nothing can be claimed any more" in text_of(response)
    assert browsers["mara"].get(f"/events/{slug}").status_code == 200


def test_best_fit_more_time_notes_and_letting_go(app, game, browsers):
    slug, keys = game
    mara = browsers["mara"]
    where = mara.post(f"/events/{slug}/claim-best-fit").headers["Location"]
    key = where.rpartition("/")[2]
    assert key in keys
    assert mara.post(f"/stories/{key}/extend").status_code == 303
    assert mara.post(f"/stories/{key}/extend").status_code == 409
    assert (
        mara.post(f"/stories/{key}/notes", data={"text": "Look at **the lock**. <script>alert(1)</script>"}).status_code
        == 303
    )
    page = text_of(mara.get(f"/stories/{key}"))
    assert "<strong>the lock</strong>" in page
    assert "<script>alert" not in page
    assert mara.post(f"/stories/{key}/release").headers["Location"] == f"/events/{slug}"
    with app.app_context():
        assert db.session.scalars(sa.select(Claim.end)).one() == "released"


def test_the_clock_is_for_organisers(game, browsers):
    slug, (key, *_) = game
    assert browsers["mara"].post(f"/events/{slug}/pause").status_code == 403
    aisha = browsers["aisha"]
    assert aisha.post(f"/events/{slug}/pause").status_code == 303
    assert "is paused since" in text_of(browsers["mara"].post(f"/stories/{key}/claim"))
    assert aisha.post(f"/events/{slug}/pause").status_code == 409
    assert aisha.post(f"/events/{slug}/resume").status_code == 303
    assert aisha.post(f"/events/{slug}/extend", data={"minutes": "15"}).status_code == 303
    assert aisha.post(f"/events/{slug}/extend", data={"minutes": "0"}).status_code == 422
    assert aisha.post(f"/events/{slug}/freeze").status_code == 303
    assert aisha.post(f"/events/{slug}/end", data={"confirmed": "yes"}).status_code == 422
    assert aisha.post(f"/events/{slug}/end", data={"confirmed": "full time"}).status_code == 303
    assert aisha.post(f"/events/{slug}/judge").status_code == 303
    assert aisha.post(f"/events/{slug}/close").status_code == 303
    assert "The results wait for the ceremony" in text_of(browsers["guest"].get(f"/events/{slug}/results"))
    assert aisha.post(f"/events/{slug}/reveal").status_code == 303
    assert "Full time." in text_of(browsers["guest"].get(f"/events/{slug}/results"))
    assert aisha.post(f"/events/{slug}/cancel", data={"reason": "x"}).status_code == 409


def test_a_frozen_board_stands_while_players_see_their_own(app, game, browsers):
    slug, (key, *_) = game
    browsers["aisha"].post(f"/events/{slug}/freeze")
    mara = browsers["mara"]
    mara.post(f"/stories/{key}/claim")
    mara.post(f"/stories/{key}/fix", data=FIX)
    with app.app_context():
        reviewer = db.session.scalars(sa.select(Fix)).one().reviews[0].player.person.handle
    browsers[reviewer].post(f"/stories/{key}/review", data={"verdict": "accept"})
    assert points_of(app, "mara") == 9
    assert "9 points" not in text_of(browsers["guest"].get(f"/events/{slug}/leaderboard"))
    assert "Mara: 0 points" in text_of(browsers["guest"].get(f"/events/{slug}/scores/mara"))
    assert "Mara: 9 points" in text_of(mara.get(f"/events/{slug}/scores/mara"))


def test_an_award_is_public_and_can_be_taken_back(app, game, browsers):
    slug, _ = game
    aisha = browsers["aisha"]
    assert (
        browsers["mara"].post(f"/events/{slug}/scores/sam/award", data={"points": 3, "reason": "me"}).status_code == 403
    )
    assert (
        aisha.post(f"/events/{slug}/scores/sam/award", data={"points": 3, "reason": "Taught everybody."}).status_code
        == 303
    )
    assert "Taught everybody." in text_of(browsers["guest"].get(f"/events/{slug}/scores/sam"))
    assert aisha.post(f"/events/{slug}/ledger/1/correct", data={"reason": "Wrong person."}).status_code == 303
    assert points_of(app, "sam") == 0
    assert aisha.post(f"/events/{slug}/ledger/1/correct", data={"reason": "Again."}).status_code == 409


def test_a_story_of_another_event_is_no_way_in(app, game, browsers):
    with app.app_context(), unit_of_work():
        other = make_event(stories=[make_story()], state="closed")
        key = db.session.scalars(sa.select(EventStory).where(EventStory.event_id == other.id)).one().story.key
    assert browsers["mara"].post(f"/stories/{key}/claim").status_code == 403
    assert browsers["mara"].post("/stories/GB-999999/claim").status_code == 404
    assert browsers["mara"].post("/stories/nonsense/claim").status_code == 404


def test_my_day_shows_what_is_mine_and_what_is_next(game, browsers):
    _, (key, *_) = game
    browsers["mara"].post(f"/stories/{key}/claim")
    page = text_of(browsers["mara"].get("/"))
    assert f"Carry on with {key}" in page
    assert "Good next" in page
    assert "is on, and you are not in it yet" in text_of(browsers["guest"].get("/"))


def test_my_day_shows_the_live_event_although_a_later_one_is_being_judged(app, game, browsers):
    with app.app_context(), unit_of_work():
        make_event(EventState.JUDGING, name="Night Bash", starts_at=clock.now(), ends_at=clock.now())
        name = db.session.scalars(sa.select(Event.name).where(Event.slug == game[0])).one()
    page = text_of(browsers["mara"].get("/"))
    assert f"{name} is live" in page
    assert "Night Bash" not in page


def test_the_feed_is_in_the_order_of_time_also_where_something_is_written_down_late(context):
    event = make_event()
    person = make_person("Mara Lindqvist")
    for minutes, tag in ((5, "event:paused"), (9, "event:extended"), (1, "event:went_live"), (9, "event:resumed")):
        audit.record(tag, event.slug, by_id=person.id, now=NOW + timedelta(minutes=minutes), event_id=event.id)
    words = [item.words for item in feed_of(event, now=NOW + timedelta(hours=1)).items]
    assert words == [
        "started the clock again.", "gave everybody more time.", "paused the clock.", "opened the board.",
    ]  # fmt: skip


def test_one_point_is_one_and_nobody_is_asked_to_join_what_cannot_be_joined(app, game, browsers):
    slug, (key, *_) = game
    with app.app_context(), unit_of_work():
        event = db.session.scalars(sa.select(Event).where(Event.slug == slug)).one()
        for entry in db.session.scalars(sa.select(EventStory).where(EventStory.event_id == event.id)):
            entry.points = 1
    page = text_of(browsers["guest"].get(f"/stories/{key}"))
    assert "1 points" not in page
    assert "Join the event to claim." in page
    with app.app_context(), unit_of_work():
        db.session.scalars(sa.select(Event).where(Event.slug == slug)).one().state = EventState.DRAFT
    page = text_of(browsers["guest"].get(f"/stories/{key}"))
    assert "Join the event to claim." not in page
    assert "The event is not live." in page
