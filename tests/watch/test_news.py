"""What My day says of watches, and that everybody whose fix held was thanked, by a clock that is moved."""

from datetime import timedelta

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.notices.models import Notice
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.models import Watch
from gamebash.watch.queries.news import watch_news
from tests.factories import NOW, make_event, make_player, make_story
from tests.watch.playing import ACCEPTED, DAY, LATER, number_on, past, play, problem_of, record, squash, sweep, take_in


def test_my_day_says_what_stayed_away_with_its_points_and_what_one_raised(context):
    played = play()
    sweep(ACCEPTED)
    sweep(LATER)
    (mine,), (raised,) = watch_news(played.mara.person, now=LATER), watch_news(played.raiser, now=LATER)
    assert (mine.story_key, mine.state, mine.days, mine.points) == (played.story.key, WatchState.HELD, 30, 2)
    assert (mine.has_fixed, raised.has_fixed) == (True, False)
    assert watch_news(played.mate.person, now=LATER) == ()
    assert watch_news(played.mara.person, now=LATER + 8 * DAY) == ()


def test_what_came_back_is_news_to_its_fixer_alone_at_first(context):
    played = play()
    sweep(ACCEPTED)
    take_in(record(ACCEPTED + DAY))
    sweep(ACCEPTED + DAY)
    (mine,) = watch_news(played.mara.person, now=ACCEPTED + DAY)
    assert (mine.is_private, mine.state) == (True, WatchState.CAME_BACK)
    assert watch_news(played.helper.person, now=ACCEPTED + DAY) == ()
    sweep(ACCEPTED + 2 * DAY)
    assert watch_news(played.helper.person, now=ACCEPTED + 2 * DAY)[0].state is WatchState.RECURRED


def test_everybody_whose_fix_held_was_thanked(context):
    """The late thanks of a season: ten fixes under a clock that is moved a day at a time; all that held were thanked."""
    names = [f"fault{chr(97 + number)}" for number in range(10)]
    number_on()
    for name in names:
        take_in(*past(name, weeks=4))
    stories = [make_story(problem_id=problem_of(name).id, origin="problem") for name in names]
    event = make_event(
        stories=stories, went_live_at=NOW - timedelta(hours=1), ends_at=NOW + DAY, reviews_end_at=NOW + DAY
    )
    players = [make_player(event) for _ in names]
    fixes = [squash(story, player, ACCEPTED) for story, player in zip(stories, players, strict=True)]
    for name in names[:3]:
        take_in(record(ACCEPTED + 5 * DAY, name))
    for day in range(0, 36, 3):
        sweep(ACCEPTED + day * DAY)
    states = dict(db.session.execute(sa.select(Watch.fix_id, Watch.state)).all())
    held = [fix for fix in fixes if states[fix.id] is WatchState.HELD]
    thanked = set(
        db.session.execute(sa.select(Notice.person_id, Notice.key).where(Notice.text.contains("0 came"))).all()
    )
    thanked |= set(
        db.session.execute(sa.select(Notice.person_id, Notice.key).where(Notice.text.contains("none came"))).all()
    )
    share = sum((fix.player.person_id, f"held:{fix.id}") in thanked for fix in held) / len(held)
    assert (len(held), share) == (7, 1.0)
