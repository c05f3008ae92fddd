"""The headline of the rotation page, and the line under each name."""

from datetime import date

from gamebash.rotation.findings import Coming, Longest, finding, on_a_day
from gamebash.rotation.lanes import days_in_words, month_start, span_around

SWAP_DAY = date(2026, 12, 7)
AISHA = Coming("Aisha Bello", "Ops", "Checkout", SWAP_DAY)
NOOR = Coming("Noor Haddad", "", "Ops", SWAP_DAY)
LATER = Coming("Lena Vogt", "Ops", "", date(2027, 1, 4))
JONAS = Longest("Jonas Weber", "Ops", 61 * 7)


def test_the_next_move_is_the_headline():
    found = finding([AISHA, LATER], 2, JONAS)
    assert found.title == "Aisha Bello goes to Checkout on Monday 7 December"
    assert found.lede == "One more move is planned after that. Longest in one place: Jonas Weber, Ops, 61 weeks."


def test_several_moves_on_one_day_are_one_finding():
    found = finding([AISHA, NOOR], 2, None)
    assert found.title == "Aisha Bello and Noor Haddad move on Monday 7 December"
    assert found.lede == "Aisha Bello goes to Checkout, Noor Haddad comes to Ops."


def test_without_moves_ahead_the_longest_stay_is_the_finding():
    assert finding([], 0, JONAS).title == "Jonas Weber has been in Ops for 61 weeks"


def test_an_empty_log_says_how_to_begin():
    assert finding([], 0, None).title == "Nobody is in a team yet"


def test_another_day_is_told_in_its_tense():
    today = date(2026, 11, 19)
    assert on_a_day(date(2026, 3, 1), today, 38, 6).title == "On Sunday 1 March 2026, 38 people were in 6 teams"
    assert on_a_day(date(2027, 3, 1), today, 38, 6).title == "On Monday 1 March 2027, 38 people will be in 6 teams"
    assert on_a_day(date(2020, 3, 1), today, 0, 0).title == "On Sunday 1 March 2020 nobody was in a team"


def test_months_carry_over_the_year():
    assert month_start(date(2026, 2, 17), -3) == date(2025, 11, 1)
    assert span_around(date(2026, 11, 19), 3, 2).words == "August 2026 to January 2027"


def test_days_become_weeks_from_two_weeks_on():
    assert [days_in_words(days) for days in (1, 13, 14, 69)] == ["1 day", "13 days", "2 weeks", "9 weeks"]
