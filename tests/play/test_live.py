"""An open board hears what happens: by a stream, or by asking now and then; never more than its page would show."""

import re
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.audit import topic_of
from gamebash.core.db import db, unit_of_work
from gamebash.core.live.answers import hub_of
from gamebash.core.live.shows import Painter
from gamebash.events.announcements import announce, withdraw_announcement
from gamebash.events.models import Announcement, Event, EventStory, Player, Question
from gamebash.events.questions import answer_question, ask_question
from gamebash.people.identity import Glance, still_allowed
from gamebash.people.models import Person, SignIn
from gamebash.play.claims import claim_story, extend_lease
from gamebash.play.fixes import submit_fix
from gamebash.play.models import Claim, Fix
from gamebash.play.reviews import accept_fix, send_back_fix
from gamebash.play.story_shows import STORY
from gamebash.points import boards
from gamebash.policy import Permission
from tests.factories import make_event, make_person, make_player, make_service, make_story, make_team
from tests.play.test_game import draft
from tests.support.signing_in import sign_in

PATIENCE = 5.0


@pytest.fixture
def game(app):
    """A live event with three stories and three players, and a guest; returns its slug and the stories' keys."""
    now = clock.now()
    with app.app_context(), unit_of_work():
        team = make_team()
        stories = [make_story(service=make_service(team=team), team_id=team.id) for _ in range(3)]
        event = make_event(
            stories=stories, starts_at=now.replace(year=now.year - 1), ends_at=now.replace(year=now.year + 1),
            reviews_end_at=now.replace(year=now.year + 2), went_live_at=now,
        )  # fmt: skip
        for handle in ("mara", "sam", "noor"):
            make_player(event, make_person(handle.title(), "developer", handle=handle), team=team)
        make_person("Guest", handle="guest")
        make_person("Aisha Bello", "organiser", handle="aisha")
        return event.slug, [story.key for story in stories]


class Tab:
    """An open page's stream, as its browser reads it."""

    def __init__(self, app, handle, address, **headers):
        self.client = sign_in(app.test_client(), handle)
        self.response = self.client.get(address, headers=headers)
        self.messages = self.response.iter_encoded()

    def read(self):
        """The next message that brings something."""
        until = time.monotonic() + PATIENCE
        for chunk in self.messages:
            if b"hx-partial" in chunk:
                return chunk.decode()
            assert time.monotonic() < until, "nothing came"
        raise AssertionError("the stream ended")

    def read_until(self, words):
        text = ""
        while words not in text:
            text = self.read()
        return text

    def close(self):
        self.response.close()


@pytest.fixture
def open_tab(app):
    tabs = []

    def open_one(handle, address, **headers):
        tabs.append(Tab(app, handle, address, **headers))
        return tabs[-1]

    yield open_one
    for tab in tabs:
        tab.close()


def claim(app, key, handle):
    with app.app_context(), unit_of_work():
        claim_story(entry_of(key), by=player_of(handle), now=clock.now())


def squash(app, key, handle, *, verdict=accept_fix, **words):
    """Claim, fix and decide a story; returns the reviewer's handle."""
    with app.app_context(), unit_of_work():
        claimed = claim_story(entry_of(key), by=player_of(handle), now=clock.now())
        fix = submit_fix(claimed, draft(), by=player_of(handle), now=clock.now())
        reviewer = fix.reviews[0].player
        verdict(fix, by=reviewer, now=clock.now(), **words)
        return reviewer.person.handle


def entry_of(key):
    number = int(key.partition("-")[2])
    return next(entry for entry in db.session.scalars(sa.select(EventStory)) if entry.story.number == number)


def player_of(handle):
    return db.session.scalars(sa.select(Player).join(Player.person).where(Person.handle == handle)).one()


def test_a_claim_shows_on_every_other_board(app, game, open_tab):
    slug, (key, *_) = game
    guest, sam = (open_tab(handle, f"/events/{slug}/live") for handle in ("guest", "sam"))
    assert f'id="story-{key}"' in guest.read()
    assert f"/stories/{key}/claim" in sam.read()
    claim(app, key, "mara")
    for tab in (guest, sam):
        text = tab.read_until(f'id="story-{key}"')
        assert "Mara" in text
        assert f"/stories/{key}/claim" not in text
        assert 'hx-target="#feed"' in text
        assert "1 in play" in text


def test_what_is_mine_is_sent_to_me_alone(app, game, open_tab):
    slug, (key, *_) = game
    mara, sam = (open_tab(handle, f"/events/{slug}/live") for handle in ("mara", "sam"))
    mara.read()
    sam.read()
    claim(app, key, "mara")
    assert f'id="mine-{key}"' in mara.read_until("board-mine")
    assert "mine-" not in sam.read_until(f'id="story-{key}"')


def test_an_author_hears_the_verdict_at_once_and_nobody_else_does(app, game, open_tab):
    slug, (first, second, _) = game
    mara, guest = (open_tab(handle, f"/events/{slug}/live") for handle in ("mara", "guest"))
    mara.read()
    guest.read()
    squash(app, first, "mara")
    assert "Squashed. Plus" in mara.read_until("#toasts")
    assert "#toasts" not in guest.read_until("tally-squashed")
    squash(app, second, "mara", verdict=send_back_fix, reason="Not yet.")
    assert f"{second} was sent back" in mara.read_until("#toasts")


def test_a_verdict_is_said_once_and_after_a_lost_connection_too(app, game, open_tab):
    slug, (first, second, _) = game
    mara = open_tab("mara", f"/events/{slug}/live")
    mara.read()
    squash(app, first, "mara")
    text = mara.read_until("#toasts")
    number = text.split("id: ", 1)[1].split("\n", 1)[0]
    mara.close()
    squash(app, second, "mara", verdict=send_back_fix, reason="Not yet.")
    again = open_tab("mara", f"/events/{slug}/live", **{"Last-Event-ID": number}).read()
    assert f"{second} was sent back" in again
    assert "Squashed. Plus" not in again


def test_after_a_lost_connection_nothing_is_missing(app, game, open_tab):
    slug, (key, *_) = game
    guest = open_tab("guest", f"/events/{slug}/live")
    number = guest.read().split("id: ", 1)[1].split("\n", 1)[0]
    guest.close()
    claim(app, key, "mara")
    assert "Mara" in open_tab("guest", f"/events/{slug}/live", **{"Last-Event-ID": number}).read()
    assert "Mara" in open_tab("guest", f"/events/{slug}/live", **{"Last-Event-ID": "00000000-999-x"}).read()


def test_a_row_is_painted_once_however_many_watch(app, game, open_tab):
    slug, (key, *_) = game
    tabs = [open_tab("guest", f"/events/{slug}/live") for _ in range(30)]
    for tab in tabs:
        tab.read()
    before = hub_of(app).paint.painted
    claim(app, key, "mara")
    assert len({tab.read_until(f'id="story-{key}"') for tab in tabs}) == 1
    # The row, the feed, what the tally says, and what of it the counts above the list say.
    assert hub_of(app).paint.painted - before <= 12


def test_a_frozen_board_tells_nothing_of_what_came_after(app, game, open_tab):
    slug, (key, *_) = game
    with app.app_context(), unit_of_work():
        db.session.scalars(sa.select(Event)).one().freezes_at = clock.now()
    boards.forget()
    with app.app_context(), unit_of_work():
        claimed = claim_story(entry_of(key), by=player_of("mara"), now=clock.now())
        submit_fix(claimed, draft(), by=player_of("mara"), now=clock.now())
    guest, mara = (open_tab(handle, f"/events/{slug}/live") for handle in ("guest", "mara"))
    guest.read()
    mara.read()
    with app.app_context(), unit_of_work():
        fix = db.session.scalars(sa.select(Fix)).one()
        accept_fix(fix, by=fix.reviews[0].player, now=clock.now())
    text = mara.read_until("own-points")
    assert "Squashed" in text
    assert "ranks-rows" not in text
    until = time.monotonic() + PATIENCE
    (page,) = [one.page for one in hub_of(app).everybody() if one.page.looker.handle == "guest"]
    while page.channel.version.number == page.seen and time.monotonic() < until:
        time.sleep(0.05)
    assert page.channel.version.number > page.seen
    # Not even that something happened, nor when.
    assert page.message(page.channel.version) == ""
    ranks = app.test_client()
    assert "9 <small>pts" not in sign_in(ranks, "guest").get(f"/events/{slug}/live?poll=1").get_data(as_text=True)


def test_a_page_that_polls_is_told_when_nothing_changed(app, game):
    slug, (key, *_) = game
    client = sign_in(app.test_client(), "guest")
    first = client.get(f"/events/{slug}/live?poll=1")
    assert f'id="story-{key}"' in first.get_data(as_text=True)
    again = client.get(f"/events/{slug}/live?poll=1", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    claim(app, key, "mara")
    time.sleep(1.1)
    after = client.get(f"/events/{slug}/live?poll=1", headers={"If-None-Match": first.headers["ETag"]})
    assert "Mara" in after.get_data(as_text=True)


def test_beyond_the_places_a_page_is_told_when_to_try_again(app, game, open_tab):
    slug, _ = game
    hub_of(app).most = 1
    tab = open_tab("guest", f"/events/{slug}/live")
    tab.read()
    client = sign_in(app.test_client(), "sam")
    refused = client.get(f"/events/{slug}/live")
    assert refused.status_code == 503
    assert 15 <= int(refused.headers["Retry-After"]) <= 45
    assert client.get(f"/events/{slug}").status_code == 200
    assert client.get(f"/events/{slug}/live?poll=1").status_code == 200
    tab.close()
    assert client.get(f"/events/{slug}/live").status_code == 200


def test_a_stream_is_neither_compressed_nor_kept_nor_held_back(app, game, open_tab):
    slug, _ = game
    headers = open_tab("guest", f"/events/{slug}/live", **{"Accept-Encoding": "gzip"}).response.headers
    assert headers["Content-Type"].startswith("text/event-stream")
    assert headers["Cache-Control"] == "no-cache"
    assert headers["X-Accel-Buffering"] == "no"
    assert "Content-Encoding" not in headers
    assert "ETag" not in headers


def test_whoever_is_not_signed_in_any_more_is_let_in_no_longer(app, game, client):
    slug, _ = game
    assert client.get(f"/events/{slug}/live").status_code == 401
    sign_in(client, "guest")
    with app.app_context():
        hashed = db.session.scalars(sa.select(SignIn.token_hash)).one()
        key = (hashed, Permission.READ)
        assert set(still_allowed([key, ("unknown", Permission.READ)])) == {key}
        assert set(still_allowed([(hashed, Permission.ORGANISE_EVENTS)])) == set()
        with unit_of_work():
            db.session.scalars(sa.select(SignIn)).one().ended_at = clock.now()
        assert set(still_allowed([key])) == set()


def test_a_fix_in_review_counts_everywhere(app, game, open_tab):
    slug, (key, *_) = game
    guest = open_tab("guest", f"/events/{slug}/live")
    guest.read()
    squash(app, key, "sam")
    text = guest.read_until("Squashed")
    assert "Squashed of 3" in text
    with app.app_context():
        assert db.session.scalars(sa.select(Fix)).one().state == "accepted"


def polled(app, handle, address):
    """What a page that polls is answered, as if the last answer were longer than a second ago."""
    for channel in hub_of(app)._channels.values():
        channel.asked_at = 0.0
    response = sign_in(app.test_client(), handle).get(address + ("&" if "?" in address else "?") + "poll=1")
    return response.get_data(as_text=True) if response.status_code == 200 else response.status_code


def test_a_story_says_who_has_it_and_offers_what_each_may_do(app, game):
    slug, (key, *_) = game
    address = f"/events/{slug}/stories/{key}/live"
    assert f"/stories/{key}/claim" in polled(app, "sam", address)
    claim(app, key, "mara")
    assert "Mara has it until" in polled(app, "sam", address)
    assert f"/stories/{key}/claim" not in polled(app, "sam", address)
    own = polled(app, "mara", address)
    assert "Your claim" in own
    assert f"/stories/{key}/release" in own
    assert f"/stories/{key}/extend" in own


def test_a_reviewer_is_offered_the_review_as_soon_as_they_are_drawn(app, game):
    slug, (key, *_) = game
    with app.app_context(), unit_of_work():
        claimed = claim_story(entry_of(key), by=player_of("mara"), now=clock.now())
        fix = submit_fix(claimed, draft(), by=player_of("mara"), now=clock.now())
        reviewer = fix.reviews[0].player.person.handle
    assert "Review this fix" in polled(app, reviewer, f"/events/{slug}/stories/{key}/live")
    day = polled(app, reviewer, f"/events/{slug}/day/live")
    assert "Waiting for your word" in day
    assert f"Review {key}" in day
    assert "Review this fix" not in polled(app, "guest", f"/events/{slug}/stories/{key}/live")


def test_my_day_follows_what_is_in_my_hands_and_what_is_left(app, game):
    slug, (key, *_) = game
    address = f"/events/{slug}/day/live"
    assert "All 3 open stories" in polled(app, "sam", address)
    claim(app, key, "mara")
    assert f"Carry on with {key}" in polled(app, "mara", address)
    assert "1 of 2 claims" in polled(app, "mara", address)
    assert "All 2 open stories" in polled(app, "sam", address)
    assert "Your hands are free" in polled(app, "sam", address)


def test_the_leaderboard_follows_and_organisers_alone_see_behind_a_freeze(app, game):
    slug, (key, *_) = game
    address = f"/events/{slug}/leaderboard/live"
    with app.app_context(), unit_of_work():
        db.session.scalars(sa.select(Event)).one().freezes_at = clock.now()
    squash(app, key, "mara")
    assert "Nobody has scored yet" in polled(app, "guest", address)
    assert "Nobody has scored yet" in polled(app, "guest", f"{address}?freeze=off")
    assert "Nobody has scored yet" in polled(app, "aisha", address)
    assert "Mara leads with" in polled(app, "aisha", f"{address}?freeze=off")
    assert "(you)" in polled(app, "mara", address)
    assert "(you)" not in polled(app, "mara", f"{address}?by=teams")


def test_the_cockpit_follows_for_organisers_only(app, game):
    slug, (key, *_) = game
    address = f"/events/{slug}/cockpit/live"
    assert polled(app, "mara", address) == 403
    assert "No fix waits for a review" in polled(app, "aisha", address)
    with app.app_context(), unit_of_work():
        claimed = claim_story(entry_of(key), by=player_of("mara"), now=clock.now())
        submit_fix(claimed, draft(), by=player_of("mara"), now=clock.now())
    text = polled(app, "aisha", address)
    assert "1 fix waits for a review" in text
    assert 'id="page-main"' in text
    assert "<html" not in text
    assert f"why-{key}" in text


def said(app, slug, text):
    with app.app_context(), unit_of_work():
        event = db.session.scalars(sa.select(Event).where(Event.slug == slug)).one()
        return announce(event, text, by=person("aisha"), now=clock.now()).id


def person(handle):
    return db.session.scalars(sa.select(Person).where(Person.handle == handle)).one()


def test_an_announcement_comes_to_every_open_page_and_stays_away_from_whoever_put_it_away(app, game, open_tab):
    slug, (key, *_) = game
    day, story, cockpit = (
        f"/events/{slug}/day/live",
        f"/events/{slug}/stories/{key}/live",
        f"/events/{slug}/cockpit/live",
    )
    tabs = [
        open_tab("sam", f"/events/{slug}/live"),
        open_tab("mara", day),
        open_tab("noor", story),
        open_tab("aisha", cockpit),
    ]
    for tab in tabs:
        tab.read()
    number = said(app, slug, "Lunch is here.")
    for tab in tabs:
        assert f'id="banners-{slug}"' in tab.read_until("Lunch is here.")
    mara = sign_in(app.test_client(), "mara")
    assert mara.post(f"/events/{slug}/announcements/{number}/dismiss").status_code == 303
    claim(app, key, "sam")
    assert "Lunch is here." not in part_of(tabs[1].read_until(f'id="banners-{slug}"'), f"banners-{slug}")
    assert "Lunch is here." in part_of(polled(app, "noor", day), f"banners-{slug}")
    with app.app_context(), unit_of_work():
        withdraw_announcement(db.session.get_one(Announcement, number), by=person("aisha"), now=clock.now())
    for tab in (tabs[0], *tabs[2:]):
        assert "Lunch is here." not in part_of(tab.read_until(f'id="banners-{slug}"'), f"banners-{slug}")


@pytest.mark.parametrize("is_to_all", [True, False])
def test_an_answer_is_heard_at_once_by_whoever_it_is_for(app, game, open_tab, is_to_all):
    slug, _ = game
    with app.app_context(), unit_of_work():
        event = db.session.scalars(sa.select(Event)).one()
        number = ask_question(event, "Where is lunch?", person=person("mara"), now=clock.now()).id
    mara, sam = (open_tab(handle, f"/events/{slug}/day/live") for handle in ("mara", "sam"))
    mara.read()
    sam.read()
    with app.app_context(), unit_of_work():
        question = db.session.get_one(Question, number)
        answer_question(question, "In the canteen.", is_to_all=is_to_all, by=person("aisha"), now=clock.now())
    assert "In the canteen." in mara.read_until("#toasts")
    said(app, slug, "Something else.")
    text = ""
    while "Something else." not in text:
        text += sam.read()
    assert ("In the canteen." in text) == is_to_all


def test_a_story_shows_attempts_steps_and_reviews_and_the_form_to_whoever_was_drawn(app, game):
    slug, (key, *_) = game
    address = f"/events/{slug}/stories/{key}/live"
    assert "Anyone who plays may take it" in polled(app, "guest", address)
    with app.app_context(), unit_of_work():
        claimed = claim_story(entry_of(key), by=player_of("mara"), now=clock.now())
        fix = submit_fix(claimed, draft(), by=player_of("mara"), now=clock.now())
        reviewer = fix.reviews[0].player.person.handle
    assert f"/stories/{key}/review" in polled(app, reviewer, address)
    text = polled(app, "guest", address)
    assert f"/stories/{key}/review" not in text
    assert "looks at it until" in text
    with app.app_context(), unit_of_work():
        fix = db.session.scalars(sa.select(Fix)).one()
        send_back_fix(fix, reason="Show the failing test.", by=fix.reviews[0].player, now=clock.now())
    assert "Show the failing test." in polled(app, "guest", address)
    assert "Sent back, another go" in polled(app, "guest", address)


def test_a_frozen_story_shows_its_attempts_to_those_with_a_part_alone(app, game):
    slug, (key, *_) = game
    address = f"/events/{slug}/stories/{key}/live"
    with app.app_context(), unit_of_work():
        db.session.scalars(sa.select(Event)).one().freezes_at = clock.now()
    reviewer = squash(app, key, "mara")
    public = polled(app, "guest", address)
    assert "The board stands still: who looks at it shows when the results are out." in public
    assert "accepted it at" not in public
    for handle in ("mara", reviewer, "aisha"):
        assert "accepted it at" in polled(app, handle, address), handle
    other = ({"sam", "noor"} - {reviewer}).pop()
    assert polled(app, other, address).count("accepted it at") == 0


def test_nothing_about_an_accepted_fix_is_different_on_a_frozen_story_to_whoever_had_no_part(app, game):
    _, (key, *_) = game
    with app.app_context(), unit_of_work():
        db.session.scalars(sa.select(Event)).one().freezes_at = clock.now()
        claimed = claim_story(entry_of(key), by=player_of("mara"), now=clock.now())
        submit_fix(claimed, draft(), by=player_of("mara"), now=clock.now())

    def shown():
        with app.app_context():
            reading = STORY.read(topic_of(db.session.scalars(sa.select(Event.id)).one()), now=clock.now())
            return STORY.shared(reading, STORY.group_of(reading, None, key), Painter(app))

    before = shown()
    with app.app_context(), unit_of_work():
        fix = db.session.scalars(sa.select(Fix)).one()
        accept_fix(fix, by=fix.reviews[0].player, now=clock.now())
        fix.unpaid_because, fix.deployed_at = "It mends a change of its author's own.", clock.now()
    assert shown() == before


def test_what_the_stream_brings_of_a_story_is_what_its_page_shows(app, game):
    slug, (key, *_) = game
    squash(app, key, "mara", verdict=send_back_fix, reason="Not yet.")
    for handle in ("mara", "sam", "aisha", "guest"):
        page = sign_in(app.test_client(), handle).get(f"/stories/{key}").get_data(as_text=True)
        parts = polled(app, handle, f"/events/{slug}/stories/{key}/live")
        for name in ("attempts", "flow", "review-form"):
            assert part_of(parts, name) == part_of(page, name), (handle, name)


def test_more_time_is_offered_on_an_open_page_as_soon_as_it_can_be_had(app, game):
    _, (key, *_) = game
    claim(app, key, "mara")
    with app.app_context(), unit_of_work():
        extend_lease(db.session.scalars(sa.select(Claim)).one(), by=player_of("mara"), now=clock.now())
    with app.app_context():
        mara, topic = person("mara"), topic_of(db.session.scalars(sa.select(Event.id)).one())
        looker, paint = Glance(mara.id, mara.handle, mara.roles), Painter(app)
        ends_at = db.session.scalars(sa.select(Claim.lease_ends_at)).one()
        sides = []
        for now in (clock.now(), ends_at - timedelta(minutes=1)):
            db.session.expire_all()
            sides.append(STORY.personal(STORY.read(topic, now=now), looker, key, paint)["story-now"])
    assert ["More time," in side for side in sides] == [False, True]
    assert ["You can have more time from" in side for side in sides] == [True, False]


def test_waiting_for_a_held_story_is_asked_and_ended_on_its_row_and_shows_on_ones_own_pages_alone(app, game, open_tab):
    slug, (key, *_) = game
    board, story = f"/events/{slug}/live", f"/events/{slug}/stories/{key}/live"
    claim(app, key, "mara")
    mara, sam = (polled(app, handle, board) for handle in ("mara", "sam"))
    assert f"/stories/{key}/tell-me" not in part_of(mara, f"story-{key}", is_words=False)
    assert "Tell me when free" in part_of(sam, f"story-{key}")
    assert "tell-me" not in part_of(polled(app, "guest", board), f"story-{key}", is_words=False)
    tab = open_tab("sam", board)
    tab.read()
    client = sign_in(app.test_client(), "sam")
    row = client.post(f"/stories/{key}/tell-me", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "You are told when it is free." in row
    assert "You are told when it is free." in tab.read_until(f'id="story-{key}"')
    assert "You are told" in part_of(polled(app, "sam", story), "story-now")
    assert "You are told" in part_of(client.get(f"/events/{slug}").get_data(as_text=True), f"story-{key}")
    assert "You are told" in part_of(client.get(f"/stories/{key}").get_data(as_text=True), "story-now")
    for place, name in ((board, f"story-{key}"), (story, "story-now")):
        assert "You are told" not in part_of(polled(app, "noor", place), name)
    row = client.post(f"/stories/{key}/tell-me-not", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "Tell me when free" in row
    assert "Tell me when free" in part_of(tab.read_until(f'id="story-{key}"'), f"story-{key}")


def part_of(text, name, *, is_words=True):
    """The element with that id: its words, or with its tags."""
    start = re.search(rf'<(\w+)[^>]*\bid="{name}"', text)
    depth = 0
    for tag in re.finditer(rf"<(/?){start[1]}\b", text[start.start() :]):
        depth += -1 if tag[1] else 1
        if not depth:
            found = text[start.start() : start.start() + tag.start()]
            return " ".join(re.sub(r"<[^>]*>", " ", found).split()) if is_words else found
    raise AssertionError(f"{name} does not end")
