"""A season is a calendar year of events and counts what held, never more than the public may see."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core.db import db, unit_of_work
from gamebash.events.lifecycle import EventState
from gamebash.events.models import EventStory
from gamebash.points import boards, seasons
from gamebash.points.ledger import EntryDraft, award_points, correct_entry, post_entry
from gamebash.points.scoring import EntryKind
from gamebash.points.season_pages import SeasonChoice, season_page
from gamebash.points.seasons import season_of, years_played
from gamebash.stories.grades import Grade
from tests.factories import NOW, make_event, make_person, make_player, make_story, make_team
from tests.support.signing_in import sign_in

YEAR = NOW.year


@pytest.fixture(autouse=True)
def _nothing_remembered():
    boards.forget()
    seasons.forget()


@pytest.fixture
def aisha(context):
    return make_person("Aisha Bello", "organiser")


def over(days, **values):
    """An event so many days ago whose results are out."""
    at = NOW - timedelta(days=days)
    return make_event(
        EventState.CLOSED, starts_at=at, ends_at=at + timedelta(hours=6), reviews_end_at=at + timedelta(hours=7),
        closed_at=at + timedelta(hours=8), reveals_at=at + timedelta(hours=9), **values,
    )  # fmt: skip


def pay(player, points, kind=EntryKind.FIX, at=NOW):
    number = db.session.scalar(sa.select(sa.func.count()).select_from(sa.table("point_entries")))
    return post_entry(EntryDraft(player, kind, points, "For the test", f"{kind}:{player.id}:{number}"), now=at)


def standing(year=YEAR, handle=""):
    return [(row.place, row.score.key, row.score.points) for row in season_of(year, now=NOW).seen_by(handle)]


def test_it_sums_the_events_of_the_year_with_what_held_and_what_came_back(aisha):
    mara, sam = (make_person(name, handle=name.lower()) for name in ("Mara", "Sam"))
    spring, autumn, last_year = over(200), over(30), over(400)
    for event, person, points in ((spring, mara, 8), (autumn, mara, 5), (last_year, mara, 50)):
        pay(make_player(event, person), points)
    player = make_player(autumn, sam)
    pay(player, 12)
    assert standing() == [(1, "mara", 13), (2, "sam", 12)]
    assert standing(last_year.starts_at.year) == [(1, "mara", 50)]
    assert years_played() == (YEAR, YEAR - 1)
    seasons.forget()
    pay(player, 3, EntryKind.HELD_BONUS)
    correct_entry(pay(player, 4, EntryKind.AWARD), reason="Twice.", by=aisha, now=NOW)
    assert standing() == [(1, "sam", 15), (2, "mara", 13)]
    seasons.forget()
    pay(player, -9, EntryKind.CLAWBACK)
    assert standing() == [(1, "mara", 13), (2, "sam", 6)]


def test_places_moved_since_before_the_newest_event(aisha):
    mara, sam = (make_person(name, handle=name.lower()) for name in ("Mara", "Sam"))
    spring, autumn = over(200), over(30)
    for event, person, points in ((spring, mara, 8), (spring, sam, 3), (autumn, sam, 9)):
        pay(make_player(event, person), points)
    assert [(row.score.key, row.moved) for row in season_of(YEAR, now=NOW).people] == [("sam", 1), ("mara", -1)]


def test_a_live_event_counts_as_its_board_stands_in_public(aisha):
    event = make_event(freezes_at=NOW - timedelta(minutes=5))
    mara = make_player(event, make_person("Mara", handle="mara"))
    pay(mara, 5, at=NOW - timedelta(minutes=10))
    pay(mara, 8, at=NOW)
    assert standing() == [(1, "mara", 5)]
    event.freezes_at = None
    db.session.flush()
    boards.forget()
    seasons.forget()
    assert standing() == [(1, "mara", 13)]


def test_a_cancelled_event_counts_nothing(aisha):
    event = over(30)
    pay(make_player(event, make_person("Mara", handle="mara")), 5)
    event.state = EventState.CANCELLED
    assert standing() == []


def test_hours_and_hard_stories_stand_beside_the_points(aisha):
    easy, hard = make_story(grade=Grade.BLUE), make_story(grade=Grade.DOUBLE_YELLOW)
    event = over(30, stories=[easy, hard])
    mara = make_player(event, make_person("Mara", handle="mara"))
    mara.hours_free = 4.5
    pay(mara, 9)
    for entry in db.session.scalars(sa.select(EventStory)):
        entry.squashed_at, entry.squashed_by_id = event.starts_at, mara.id
    page = season_page(YEAR, SeasonChoice(), "mara", now=NOW)
    line = page.rows.items[0]
    assert (line.per_hour, line.share.hard_share, line.is_own) == (2.0, 0.5, True)
    assert page.hard_share == 0.5


def test_who_is_not_listed_is_seen_by_themselves_alone(aisha):
    event = over(30)
    for name, points, is_listed in (("Mara", 9, True), ("Noor", 5, False), ("Sam", 3, True)):
        pay(make_player(event, make_person(name, handle=name.lower(), is_listed=is_listed)), points)
    assert standing() == [(1, "mara", 9), (2, "sam", 3)]
    assert standing(handle="noor") == [(1, "mara", 9), (2, "noor", 5), (3, "sam", 3)]


@pytest.mark.parametrize(("people", "teams"), [(4, []), (5, [("CHK", 2.0)])])
def test_teams_show_per_head_from_five_people_on(aisha, people, teams):
    event, team = over(30), make_team("CHK")
    for number in range(people):
        pay(make_player(event, make_person(f"Player {number}"), team=team), 2)
    assert [(row.score.key, row.score.per_head) for row in season_of(YEAR, now=NOW).teams] == teams


def test_the_season_is_a_page_with_a_search(app):
    with app.app_context(), unit_of_work():
        event = over(30, name="Autumn Bash")
        organiser = make_person("Aisha Bello", "organiser")
        for number in range(60):
            player = make_player(event, make_person(f"Player {number:02}", handle=f"p{number:02}"))
            if number < 3:
                event.state = EventState.JUDGING
                award_points(player, 3 - number, reason="Taught.", by=organiser, now=NOW)
                event.state = EventState.CLOSED
    client = sign_in(app.test_client(), "p55")
    page = client.get(f"/seasons/{YEAR}").get_data(as_text=True)
    assert f"Player 00 leads {YEAR} with 3 points" in page
    assert "page=2#place-me" in page
    assert "Player 55 (you)" in client.get(f"/seasons/{YEAR}?page=2").get_data(as_text=True)
    assert "Player 07" in client.get(f"/seasons/{YEAR}?q=07").get_data(as_text=True)
    assert "Nobody is called that here" in client.get(f"/seasons/{YEAR}?q=xyz").get_data(as_text=True)
    assert client.get("/seasons").status_code == 303
    assert "No team is large enough" in client.get(f"/seasons/{YEAR}?by=teams").get_data(as_text=True)
