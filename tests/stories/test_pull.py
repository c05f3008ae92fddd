"""The pull keeps its limits, gives reasons, and does not depend on the order of the backlog."""

from collections import Counter
from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from gamebash.stories.pull import Candidate, Limits, pull

candidates = st.lists(
    st.builds(
        Candidate,
        key=st.integers(1, 999).map(lambda number: f"GB-{number}"),
        service=st.sampled_from(["checkout", "search", "mail"]),
        value=st.floats(0, 500, allow_nan=False),
        effort_hours=st.sampled_from([0.5, 1.0, 3.0, 4.0, 8.0]),
    ),
    max_size=40,
    unique_by=lambda one: one.key,
)
limits = st.builds(Limits, stories=st.integers(0, 20), hours=st.floats(0, 60), per_service=st.integers(1, 6))


@given(candidates, limits, st.randoms())
def test_the_same_backlog_gives_the_same_pull_in_any_order(backlog, limit, random):
    shuffled = list(backlog)
    random.shuffle(shuffled)
    assert pull(backlog, limit) == pull(shuffled, limit)


@given(candidates, limits)
def test_no_limit_is_ever_passed(backlog, limit):
    found = pull(backlog, limit)
    assert len(found.chosen) <= limit.stories
    assert found.hours <= limit.hours + 1e-9
    assert max(Counter(one.candidate.service for one in found.chosen).values(), default=0) <= limit.per_service
    assert len(found.chosen) + len(found.left_out) == len(backlog)


def test_value_for_an_hour_decides_and_the_reason_says_so():
    big = Candidate("GB-1", "checkout", value=80, effort_hours=8, forecast=10)
    quick = Candidate("GB-2", "checkout", value=30, effort_hours=1, forecast=6)
    found = pull([big, quick], Limits(stories=2, hours=9, per_service=5))
    assert [one.candidate.key for one in found.chosen] == ["GB-2", "GB-1"]
    assert (
        found.chosen[0].reason == "Prevents 30.0 in a quarter (6.0 incidents expected) for 1 h: 30.00 an hour, place 1"
    )


def test_what_is_left_out_says_which_limit_kept_it_out():
    backlog = [Candidate(f"GB-{number}", "checkout", value=10 - number, effort_hours=2) for number in range(4)]
    by_service = pull(backlog, Limits(stories=4, hours=99, per_service=2)).left_out[0]
    by_hours = pull(backlog, Limits(stories=4, hours=5, per_service=9)).left_out[0]
    assert by_service.reason == "checkout has its 2 stories"
    assert by_hours.reason == "2 h do not fit in the 1 h left of 5"


def test_what_was_taken_by_hand_uses_up_the_limits_first():
    by_hand = Candidate("GB-9", "checkout", value=0, effort_hours=8)
    backlog = [Candidate("GB-1", "checkout", value=10, effort_hours=2)]
    assert pull(backlog, Limits(stories=5, hours=9, per_service=5), taken=[by_hand]).chosen == ()


@given(candidates, limits)
def test_no_single_exchange_would_prevent_more(backlog, limit):
    found = pull(backlog, limit)
    services = Counter(one.candidate.service for one in found.chosen)
    for old in (one.candidate for one in found.chosen):
        for new in (one.candidate for one in found.left_out):
            has_service = services[new.service] - (new.service == old.service) < limit.per_service
            has_hours = found.hours - old.effort_hours + new.effort_hours <= limit.hours - 1e-6
            assert not (has_service and has_hours and new.value > old.value + 1e-6)


@given(candidates, limits)
def test_nothing_that_still_fits_is_left_out(backlog, limit):
    found = pull(backlog, limit)
    assert all(one.reason for one in found.left_out)


def test_where_stories_are_scarcer_than_hours_the_hours_are_used_and_both_sides_say_so():
    quick = Candidate("GB-1", "checkout", value=10, effort_hours=0.5)
    big = Candidate("GB-2", "search", value=80, effort_hours=8)
    found = pull([quick, big], Limits(stories=1, hours=20, per_service=5))
    assert [one.candidate.key for one in found.chosen] == ["GB-2"]
    assert found.chosen[0].reason.endswith("place 2; in for GB-1 (10.0), since the hours allow it")
    assert found.left_out[0].reason == "GB-2 prevents more (80.0) in its place, and the hours allow it"


def test_a_long_backlog_is_pulled_in_little_time():
    backlog = [
        Candidate(f"GB-{number}", f"service-{number % 40}", value=number * 37 % 211, effort_hours=1 + number % 8)
        for number in range(2000)
    ]
    started = perf_counter()
    found = pull(backlog, Limits(stories=66, hours=400, per_service=6))
    assert len(found.chosen) == 66
    assert perf_counter() - started < 5
