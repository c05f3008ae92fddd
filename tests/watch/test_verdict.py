"""What is due about a watch, as a table; and which incidents count, to the second."""

from datetime import UTC, datetime, timedelta

import pytest

from gamebash.watch.lifecycle import WatchState
from gamebash.watch.verdict import (
    LATEST_ARRIVAL,
    LONGEST_DELIVERY,
    LONGEST_WORD,
    TOLD_FIRST,
    Standing,
    Step,
    next_step,
    window_from,
)

DEPLOY = datetime(2026, 11, 19, 10, 0, 5, 300_000, tzinfo=UTC)
LIVE = DEPLOY - timedelta(hours=2)
WINDOW = window_from(DEPLOY, live_at=LIVE, days=30)
END = WINDOW.ends_at
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("opened_at", "counts"),
    [
        (DEPLOY - SECOND, False),
        (DEPLOY, False),
        (DEPLOY.replace(microsecond=0), False),
        (DEPLOY.replace(microsecond=999_999), False),
        (DEPLOY.replace(microsecond=0) + SECOND, True),
        (END - timedelta(microseconds=1), True),
        (END, False),
        (END + SECOND, False),
    ],
)
def test_only_what_was_opened_after_the_second_of_the_deploy_and_before_the_end_counts(opened_at, counts):
    assert WINDOW.covers(opened_at) is counts


def test_a_deploy_from_before_the_event_does_not_end_the_watch_early():
    assert (
        window_from(LIVE - timedelta(days=40), live_at=LIVE, days=30).ends_at.date()
        == (LIVE + timedelta(days=30)).date()
    )


WATCHING, CAME_BACK, HELD, RECURRED = WatchState
LATE = END + LONGEST_DELIVERY


@pytest.mark.parametrize(
    ("state", "now", "facts", "step"),
    [
        (WATCHING, END - SECOND, {}, Step.WAIT),
        (WATCHING, END, {}, Step.HOLD),
        (WATCHING, END, {"is_delivered": False}, Step.WAIT),
        (WATCHING, LATE, {"is_delivered": False}, Step.HOLD),
        (WATCHING, END, {"is_counted": False}, Step.WAIT),
        (WATCHING, DEPLOY + SECOND, {"has_recurrence": True}, Step.TELL),
        (WATCHING, DEPLOY + SECOND, {"has_recurrence": True, "is_counted": False}, Step.WAIT),
        (WATCHING, LATE, {"has_recurrence": True}, Step.TELL),
        (CAME_BACK, DEPLOY + TOLD_FIRST - SECOND, {"has_recurrence": True}, Step.WAIT),
        (CAME_BACK, DEPLOY + TOLD_FIRST, {"has_recurrence": True}, Step.RECUR),
        (CAME_BACK, DEPLOY + TOLD_FIRST, {"has_recurrence": True, "is_word_awaited": True}, Step.WAIT),
        (CAME_BACK, DEPLOY + LONGEST_WORD, {"has_recurrence": True, "is_word_awaited": True}, Step.RECUR),
        (CAME_BACK, DEPLOY + SECOND, {}, Step.FORGET),
        (HELD, LATE, {}, Step.WAIT),
        (HELD, LATE, {"has_recurrence": True}, Step.TELL),
        (HELD, END + LATEST_ARRIVAL, {"has_recurrence": True}, Step.WAIT),
        (RECURRED, LATE, {"has_recurrence": True}, Step.WAIT),
        (RECURRED, LATE, {}, Step.WAIT),
    ],
)
def test_what_is_due(state, now, facts, step):
    standing = Standing(state, END, DEPLOY, **{"has_recurrence": False, **facts})
    assert next_step(standing, now=now) is step
