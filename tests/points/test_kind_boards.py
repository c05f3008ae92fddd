"""Leaderboards are kind: an alias or no listing at all, small groups that give nobody away, and a board that can be hidden."""

import pytest
import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import InvalidError
from gamebash.events.models import Squad
from gamebash.people.models import Person
from gamebash.points import boards
from gamebash.points.boards import board_of
from gamebash.points.hiding import hide_board, show_board
from gamebash.points.ledger import award_points
from gamebash.points.queries import BoardChoice, leaderboard_page, ranks_fragment
from tests.factories import NOW, make_event, make_person, make_player, make_squad, make_team
from tests.support.signing_in import sign_in


@pytest.fixture
def aisha(context):
    return make_person("Aisha Bello", "organiser")


@pytest.fixture
def event(context, aisha):
    """Mara has 9, Noor 5, who is not listed, and Sam 3; all of one team and one squad."""
    event, team = make_event(), make_team()
    squad = make_squad(event)
    for name, points, is_listed in (("Mara", 9, True), ("Noor", 5, False), ("Sam", 3, True)):
        person = make_person(name, handle=name.lower(), is_listed=is_listed)
        player = make_player(event, person, team=team, squad=squad)
        award_points(player, points, reason="Taught.", by=aisha, now=NOW)
    boards.forget()
    return event


def seen(event, handle):
    fragment = ranks_fragment(event, "players", handle, now=NOW)
    return [(row.place, row.score.key) for row in fragment.rows], fragment.nudge


def test_who_is_not_listed_sees_their_place_and_nobody_else_does(event):
    assert seen(event, "sam") == ([(1, "mara"), (2, "sam")], "6 points to Mara.")
    assert seen(event, "noor") == ([(1, "mara"), (2, "noor"), (3, "sam")], "4 points to Mara.")
    assert seen(event, "guest") == ([(1, "mara"), (2, "sam")], "")


def test_points_count_for_team_and_squad_listed_or_not_but_small_groups_give_nobody_away(event):
    board = board_of(event.id, now=NOW)
    assert (board.teams, board.squads) == ((), ())
    for _ in range(2):
        make_player(event, team=make_team(), squad=db.session.scalars(sa.select(Squad)).one())
    boards.forget()
    board = board_of(event.id, now=NOW)
    assert [(row.score.points, row.score.heads) for row in board.teams] == [(17, 5)]
    assert [(row.score.points, row.score.heads) for row in board.squads] == [(17, 5)]


def test_listing_again_shows_at_once(event):
    seen(event, "guest")
    db.session.scalars(sa.select(Person).where(Person.handle == "noor")).one().is_listed = True
    db.session.flush()
    boards._versions.clear()
    assert seen(event, "guest")[0] == [(1, "mara"), (2, "noor"), (3, "sam")]


def test_organisers_see_everybody_when_they_ask_for_all(event, aisha):
    page = leaderboard_page(event, BoardChoice(sees_all=True), aisha, now=NOW)
    assert [row.score.key for row in page.rows.items] == ["mara", "noor", "sam"]
    mara = db.session.scalars(sa.select(Person).where(Person.handle == "mara")).one()
    page = leaderboard_page(event, BoardChoice(sees_all=True), mara, now=NOW)
    assert [row.score.key for row in page.rows.items] == ["mara", "sam"]


def test_a_hidden_board_shows_nobody_and_says_why_and_scores_go_on(event, aisha):
    with pytest.raises(InvalidError, match="Say why"):
        hide_board(event, reason=" ", by=aisha, now=NOW)
    hide_board(event, reason="Two of you asked for peace.", by=aisha, now=NOW)
    boards.forget()
    fragment = ranks_fragment(event, "players", "mara", now=NOW)
    assert (fragment.rows, fragment.hidden_because) == ((), "Two of you asked for peace.")
    assert len(leaderboard_page(event, BoardChoice(sees_all=True), aisha, now=NOW).rows.items) == 3
    show_board(event, by=aisha, now=NOW)
    boards.forget()
    assert len(ranks_fragment(event, "players", "mara", now=NOW).rows) == 2


def test_names_are_found_with_their_places_and_one_can_jump_to_oneself(context, aisha):
    event = make_event()
    for number in range(120):
        make_player(event, make_person(f"Player {number:03}", handle=f"p{number:03}"))
    boards.forget()
    me = db.session.scalars(sa.select(Person).where(Person.handle == "p077")).one()
    page = leaderboard_page(event, BoardChoice(words="layer 077"), me, now=NOW)
    assert [row.score.key for row in page.rows.items] == ["p077"]
    assert page.own_page == 2


@pytest.fixture
def site(app):
    now = clock.now()
    with app.app_context(), unit_of_work():
        event = make_event(slug="bash")
        organiser = make_person("Aisha Bello", "organiser", handle="aisha")
        for name in ("Mara", "Noor"):
            player = make_player(
                event, make_person(name, "developer", "manager", handle=name.lower()), team=make_team()
            )
            award_points(player, 7, reason="Taught.", by=organiser, now=now)
    return {handle: sign_in(app.test_client(), handle) for handle in ("aisha", "mara", "noor")}


def text_of(response):
    return response.get_data(as_text=True)


def test_people_choose_in_their_account_and_their_score_is_their_own(site):
    form = {"name": "Noor", "alias": "", "is_playing": "y", "has_shortcuts": "y"}
    assert site["noor"].post("/account", data=form).status_code == 303
    boards.forget()
    assert "Noor" not in text_of(site["mara"].get("/events/bash/leaderboard")).partition("places")[2]
    assert site["mara"].get("/events/bash/scores/noor").status_code == 403
    assert site["noor"].get("/events/bash/scores/noor").status_code == 200
    assert "only you see your place here" in text_of(site["noor"].get("/events/bash/leaderboard"))


def test_organisers_hide_it_with_a_reason_and_show_it_again(site):
    assert site["mara"].post("/events/bash/leaderboard/hide", data={"reason": "No."}).status_code == 403
    assert site["aisha"].post("/events/bash/leaderboard/hide", data={"reason": "Peace."}).status_code == 303
    boards.forget()
    assert "Peace." in text_of(site["mara"].get("/events/bash/leaderboard"))
    assert site["aisha"].post("/events/bash/leaderboard/show").status_code == 303
    boards.forget()
    assert "leads with" in text_of(site["mara"].get("/events/bash/leaderboard?bracket=newcomer"))


def test_points_are_in_nothing_that_a_manager_can_take_away(app, site):
    """Every table that can be downloaded is fetched; none has a person beside points."""
    downloads = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.arguments:
            continue
        for query in ("", "?format=csv"):
            response = site["mara"].get(rule.rule + query)
            if response.mimetype == "text/csv":
                downloads += 1
                header = text_of(response).splitlines()[0]
                assert not ("points" in header and {"person", "who", "name"} & set(header.split(","))), rule.rule
    assert downloads >= 2
