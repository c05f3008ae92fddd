"""Who may leave ops: the rule in words and numbers, what is met and missing, managers' words; never points or rank."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.staffing.eligibility import Record, eligibility, rule_in_words
from gamebash.staffing.queries.eligibility import eligibility_page
from gamebash.staffing.rulebook import EligibilityRule
from gamebash.staffing.words import give_word, people_with_word
from gamebash.stories.lifecycle import StoryState
from tests.factories import NOW, make_event, make_story
from tests.rotation.test_pages import questions
from tests.staffing.making import TODAY, Organisation, switch
from tests.staffing.test_knowledge_pages import a_fix

SINCE = date(2026, 1, 5)
RULE = EligibilityRule(shortest_weeks=26, longest_weeks=78, held_fixes=1, taught=2, needs_word=1)
AFTER = SINCE + timedelta(weeks=30)


@pytest.fixture
def organisation(work):
    with work():
        made = Organisation()
        made.join("Lena", made.ops, 300)
        made.join("Sam", made.ops, 20)
        made.join("Noor", made.chk, 100)
        made.manager()
    return made


@pytest.mark.parametrize(
    ("record", "on", "is_eligible", "missing"),
    [
        (Record(SINCE, 1, 2, True), AFTER, True, 0),
        (Record(SINCE, 1, 2, True), SINCE + timedelta(weeks=25), False, 1),
        (Record(SINCE, 0, 2, True), AFTER, False, 1),
        (Record(SINCE, 1, 1, True), AFTER, False, 1),
        (Record(SINCE, 1, 2, False), AFTER, False, 1),
        (Record(SINCE, 0, 0, False), AFTER, False, 3),
        (Record(SINCE, 0, 0, False), SINCE + timedelta(weeks=78), True, 3),
    ],
)
def test_everything_asked_for_or_the_longest_tour(record, on, is_eligible, missing):
    found = eligibility(RULE, record, on)
    assert (found.is_eligible, len(found.missing)) == (is_eligible, missing)


def test_the_day_from_which_one_is_eligible_is_foreseen():
    assert eligibility(RULE, Record(SINCE, 1, 2, True), SINCE).from_on == SINCE + timedelta(weeks=26)
    assert eligibility(RULE, Record(SINCE), SINCE).from_on == SINCE + timedelta(weeks=78)


def test_the_rule_reads_as_a_sentence():
    assert rule_in_words(RULE) == (
        "26 weeks in ops, 1 fix that held, 2 reviews or lessons for others and a manager's word. "
        "After 78 weeks nothing else is asked. Points and rank never count."
    )
    assert rule_in_words(EligibilityRule(8, 52, 0, 0, 0)).startswith("8 weeks in ops. After 52")


def test_fixes_that_held_and_reviews_of_the_present_tour_count(organisation, work):
    with work():
        story = make_story(service=organisation.checkout, state=StoryState.HELD)
        a_fix(organisation.people["Lena"], story, make_event(), organisation.people["Sam"], now=organisation.now)
    rows = eligibility_page(organisation.manager(), today=TODAY, can_set=True).rows
    criteria = {row.member.name: [one.have for one in row.eligibility.criteria] for row in rows}
    assert criteria == {"Lena": ["42 weeks", "1", "0", "not yet"], "Sam": ["2 weeks", "0", "1", "not yet"]}


def test_nothing_of_the_ledger_is_read(organisation):
    asked = []

    def note(_connection, _cursor, statement, *_):
        asked.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        eligibility_page(organisation.manager(), today=TODAY, can_set=True)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    assert asked
    assert not [statement for statement in asked if "point_entries" in statement or "standings" in statement]


def test_a_manager_gives_their_word_once_and_takes_it_back(organisation, work):
    lena, priya = organisation.people["Lena"], organisation.manager()
    with work():
        give_word(lena, is_given=True, by=priya, now=NOW)
        assert people_with_word() == {lena.id}
        with pytest.raises(DomainError, match="has a manager's word already"):
            give_word(lena, is_given=True, by=priya, now=NOW)
        give_word(lena, is_given=False, by=priya, now=NOW)
        assert people_with_word() == frozenset()
        with pytest.raises(DomainError, match="Another manager"):
            give_word(priya, is_given=True, by=priya, now=NOW)


def test_one_sees_what_one_misses_and_nobody_elses(organisation, work, client):
    with work():
        switch(client, organisation.people["Lena"])
    text = client.get("/eligibility").get_data(as_text=True)
    assert "What is missing before you may go" in text
    assert "Sam" not in text.partition("<main")[2]
    assert client.post("/eligibility", data={}).status_code == 403
    assert client.post("/eligibility/sam/give-word").status_code == 403


def test_a_manager_sets_the_rule_and_gives_words_on_the_page(organisation, work, client):
    with work():
        switch(client, organisation.manager())
    rule = {"shortest_weeks": 10, "longest_weeks": 60, "held_fixes": 0, "taught": 0, "needs_word": "y", "seen": 0}
    assert client.post("/eligibility", data={**rule, "taught": 99}).status_code == 422
    assert client.post("/eligibility", data=rule).status_code == 303
    assert client.post("/eligibility", data=rule).status_code == 409
    assert "0 of 2 people in ops may go" in client.get("/eligibility").get_data(as_text=True)
    assert client.post("/eligibility/lena/give-word").status_code == 303
    assert client.post("/eligibility/lena/give-word").status_code == 409
    assert "1 of 2 people in ops may go" in client.get("/eligibility").get_data(as_text=True)


def test_the_page_asks_as_much_for_many_people(organisation, work, client):
    with work():
        switch(client, organisation.manager())
    few = questions(client, "/eligibility")
    with work():
        for number in range(20):
            organisation.join(f"P{number}", organisation.ops, 90)
    assert questions(client, "/eligibility") == few <= 12
