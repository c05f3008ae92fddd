"""Time in ops beside the team's mean, who gets to build, where knowledge in ops is thin; the slots of the rotation page."""

from datetime import date, timedelta

import pytest

from gamebash.rotation.kinds import MoveKind
from gamebash.staffing.fairness import Built, Stay, clipped, middle, share_of_ops, shares
from gamebash.staffing.preferences import say_preference
from gamebash.staffing.queries.fairness import FairFilter, fair_figures, fairness_page
from gamebash.staffing.queries.gaps import gaps_page
from gamebash.staffing.wishes import Preference, Wish
from gamebash.stories.lifecycle import StoryState
from tests.factories import make_event, make_story
from tests.rotation.making import MoveDraft, log_move
from tests.rotation.test_pages import questions
from tests.staffing.making import TODAY, Organisation, ago, switch
from tests.staffing.test_knowledge_pages import a_fix

FIRST = date(2026, 1, 1)


@pytest.fixture
def organisation(work):
    """Lena came from WHS to OPS 60 days ago, Sam has been in OPS for 300 days, Noor in CHK for 200."""
    with work():
        made = Organisation()
        made.join("Lena", made.whs, 400, (made.ops, 60))
        made.join("Sam", made.ops, 300)
        made.join("Noor", made.chk, 200)
        made.manager()
    return made


def stay(person, days, *, is_ops=True, is_hypercare=False):
    return Stay(person, FIRST, FIRST + timedelta(days=days), is_ops, is_hypercare)


def test_a_share_is_beside_the_mean_of_the_team():
    found = shares(
        [stay(1, 30), stay(1, 10, is_hypercare=True), stay(2, 80), stay(3, 50, is_ops=False)], {1: 7, 2: 7, 3: 8}
    )
    assert (found[1].ops_days, found[1].hypercare_days, found[1].off_mean) == (40, 10, -20)
    assert (found[2].off_mean, found[3].ops_days, found[3].off_mean) == (20, 0, 0)


def test_only_the_part_of_a_tour_within_the_period_counts():
    assert clipped(FIRST, None, FIRST + timedelta(days=5), FIRST + timedelta(days=9)) == (
        FIRST + timedelta(days=5), FIRST + timedelta(days=9),
    )  # fmt: skip
    assert clipped(FIRST, FIRST + timedelta(days=3), FIRST, FIRST + timedelta(days=9))[1] == FIRST + timedelta(days=3)


def test_of_nothing_there_is_neither_a_middle_nor_a_share():
    assert middle([]) is None
    assert share_of_ops({}, [1]) is None
    assert share_of_ops({1: Built(1, None), 2: Built(3, None)}, [1, 9]) == 0.25


def test_the_page_counts_days_fixes_and_hypercare_of_a_period(organisation, work):
    with work():
        person = organisation.join("Diego", organisation.chk, 100)
        draft = MoveDraft(organisation.chk, organisation.ops, ago(20), kind=MoveKind.HYPERCARE)
        log_move(person, draft, by=None, now=organisation.now)
        story = make_story(service=organisation.fax, state=StoryState.HELD)
        a_fix(organisation.people["Sam"], story, make_event(), organisation.people["Noor"], now=organisation.now)
    page = fairness_page(FairFilter(ago(100), TODAY + timedelta(days=1)), 1, today=TODAY)
    rows = {row.member.name: row for row in page.rows.items}
    assert (rows["Lena"].ops_days, rows["Sam"].ops_days, rows["Noor"].ops_days) == (61, 101, 0)
    assert rows["Diego"].hypercare_days == 21
    assert rows["Sam"].built == 1
    assert page.ops_share == 1.0
    assert [line.code for line in page.teams] == ["CHK", "OPS"]


def test_a_fix_that_a_freeze_holds_back_is_not_counted(organisation, work):
    with work():
        story = make_story(service=organisation.fax, state=StoryState.IN_REVIEW)
        a_fix(organisation.people["Sam"], story, make_event(), organisation.people["Noor"], now=organisation.now)
    assert fairness_page(FairFilter(ago(9), TODAY + timedelta(days=1)), 1, today=TODAY).ops_share is None


def test_who_waits_is_counted_for_managers_only(organisation, work):
    with work():
        say_preference(organisation.people["Lena"], Preference(Wish.MOVE), now=organisation.now)
    assert fair_figures(organisation.manager(), today=TODAY).waiting == 1
    figures = fair_figures(organisation.people["Sam"], today=TODAY)
    assert figures.waiting is None
    assert figures.longest.name == "Sam"


def test_gaps_are_seen_before_and_after_the_next_moves_with_who_closes_them(organisation, work):
    with work():
        lena, noor = organisation.people["Lena"], organisation.people["Noor"]
        day = TODAY + timedelta(days=10)
        log_move(lena, MoveDraft(organisation.ops, organisation.whs, day), by=None, now=organisation.now)
        log_move(noor, MoveDraft(organisation.chk, organisation.ops, day), by=None, now=organisation.now)
    page = gaps_page(TODAY)
    rows = {row.slug: (row.now, row.after, row.remedy) for row in page.rows}
    assert page.after_on == day
    assert rows["label-printing"] == (1, 0, "Pair somebody in ops with Lena")
    assert rows["checkout-api"] == (0, 1, "Noor brings it")
    assert rows["fax"] == (0, 0, "Nobody knows it: let somebody in its team learn it")


@pytest.mark.parametrize("path", ["/fairness", "/fairness/figures", "/knowledge-gaps"])
def test_the_pages_open_for_everybody_whole_and_in_part_and_ask_as_much_for_many(organisation, work, client, path):
    with work():
        switch(client, organisation.people["Sam"])
    assert "<h1" in client.get(path).get_data(as_text=True)
    part = client.get(path, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert part.lstrip().startswith("<div id=")
    few = questions(client, path)
    with work():
        for number in range(30):
            organisation.join(f"P{number}", organisation.chk, 90, (organisation.ops, 20))
    assert questions(client, path) == few <= 12


def test_the_rotation_page_has_the_slots_and_asks_nothing_more_for_them(organisation, work, client):
    with work():
        say_preference(
            organisation.people["Lena"], Preference(Wish.MOVE, note="Closer to the code"), now=organisation.now
        )
        switch(client, organisation.manager())
    text = client.get("/rotation").get_data(as_text=True)
    assert "Knowledge gaps" in text
    assert "/fairness/figures" in text
    assert "Closer to the code" in client.get("/fairness/figures").get_data(as_text=True)
    with work():
        switch(client, organisation.people["Sam"])
    assert "Closer to the code" not in client.get("/fairness/figures").get_data(as_text=True)
