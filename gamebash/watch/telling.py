"""What people hear of a watch, and who: the fixer first when it came back, everybody who had a part when it is settled."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from gamebash.backlog.models import Decision, DecisionKind, Incident
from gamebash.core.db import db
from gamebash.core.filters import clock, counted, when
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from gamebash.play.models import Fix, Verdict
from gamebash.stories.models import Story
from gamebash.watch.models import Watch
from gamebash.watch.recurrences import home_of
from gamebash.watch.verdict import TOLD_FIRST

REPORTERS_READ = 200
RAISING = (DecisionKind.MERGED, DecisionKind.SPLIT, DecisionKind.MOVED)
TITLE = 90


def tell_fixer(watch: Watch, incident: Incident, *, now: datetime) -> bool:
    """Tell the fixer alone that it came back, with the incident, before anybody else sees it."""
    story = watch.fix.story
    until = clock(now + TOLD_FIRST)
    text = (
        f"{story.key} came back: {_short(incident.title)}, opened {when(incident.opened_at)}. You hear it first; others see it "
        f"from {until}. About one fix in five needs a second go. If it is noise, another problem, or the change was not out "
        f"yet, say so before then."
    )
    key = f"came_back:{watch.id}:{incident.id}"
    return tell(watch.fix.player.person_id, NoticeKind.WATCH, text, key=key, now=now, url=_url(story))


def tell_held(watch: Watch, bonus: dict[int, int], *, now: datetime) -> int:
    """Tell everybody who had a part what did not happen; return how many were told. ``bonus`` is points by person."""
    story, quiet = watch.fix.story, what_did_not_happen(watch)
    told = 0
    for person_id, words in _parts(watch):
        plus = f" +{counted(bonus[person_id], 'point')}." if bonus.get(person_id) else ""
        text = f"{words.format(key=story.key, days=watch.days)} {quiet}{plus}".strip()
        told += tell(person_id, NoticeKind.WATCH, text, key=f"held:{watch.fix_id}", now=now, url=_url(story))
    return told


def tell_held_after_all(watch: Watch, bonus: dict[int, int], *, now: datetime) -> None:
    """Tell everybody who is paid a bonus after all that they are, and why so late."""
    story = watch.fix.story
    for person_id, points in bonus.items():
        text = f"{story.key} held after all, and its bonus is paid: +{counted(points, 'point')}."
        tell(person_id, NoticeKind.WATCH, text, key=f"after_all:{watch.fix_id}", now=now, url=_url(story))


def tell_recurred(watch: Watch, taken: dict[int, int], *, now: datetime) -> None:
    """Tell everybody who had a part that it did not hold, what it costs them, and where the story is now."""
    story = watch.fix.story
    again = f" It is back as {watch.new_story.key}, with its notes." if watch.new_story else ""
    opened = f": {_short(watch.recurrence.title)}, {when(watch.recurrence.opened_at)}" if watch.recurrence else ""
    for person_id, _ in _parts(watch):
        back = f" {counted(taken[person_id], 'point')} went back with it." if taken.get(person_id) else ""
        text = f"{story.key} came back{opened}.{back}{again}"
        tell(person_id, NoticeKind.WATCH, text, key=f"recurred:{watch.fix_id}", now=now, url=_url(story))


def what_did_not_happen(watch: Watch) -> str:
    """Return in one sentence how much was expected while it was watched; nothing where nothing can be expected."""
    if watch.problem_id is None:
        return ""
    what = "false alarm" if watch.is_about_noise else "incident"
    expected = round(watch.expected)
    if not expected:
        return f"Less than one {what} was expected, none came."
    return f"{counted(expected, what)} {'was' if expected == 1 else 'were'} expected, 0 came."


def _parts(watch: Watch) -> Iterator[tuple[int, str]]:
    """Yield everybody once, by their greatest part in it."""
    fix = watch.fix
    seen: set[int] = set()
    for people, words in (
        ([fix.player.person_id], "Your fix of {key} held: {days} quiet days."),
        ([assist.player.person_id for assist in fix.assists], "{key}, which you helped with, held: {days} quiet days."),
        (_reviewers(fix), "{key}, which you reviewed, held: {days} quiet days."),
        (raisers(watch), "What you raised is fixed: {key} held, {days} quiet days."),
    ):
        for person_id in people:
            if person_id not in seen:
                seen.add(person_id)
                yield person_id, words


def _reviewers(fix: Fix) -> list[int]:
    """Return who accepted the fix; a send-back said something else of an earlier attempt."""
    return [one.player.person_id for one in fix.reviews if one.verdict is Verdict.ACCEPT]


def raisers(watch: Watch) -> list[int]:
    """Return who raised the problem: who proposed its story, grouped its incidents, or reported one of the latest."""
    story = watch.fix.story
    found = [story.created_by_id] if story.created_by_id is not None else []
    problem = home_of(watch)
    if problem is not None:
        decided = sa.select(Decision.by_id).where(
            Decision.problem_id == problem.id, Decision.kind.in_(RAISING), Decision.undone_at.is_(None)
        )
        found += db.session.scalars(decided.distinct().order_by(Decision.by_id).limit(REPORTERS_READ))
        found += _reporters(problem.id, watch.starts_at)
    return list(dict.fromkeys(found))


def _reporters(problem_id: int, before: datetime) -> list[int]:
    """Return the people who go by the name, handle or address that the source gives as reporter of the latest incidents."""
    latest = (
        sa.select(Incident.reporter)
        .where(Incident.problem_id == problem_id, Incident.opened_at <= before)
        .order_by(Incident.opened_at.desc())
        .limit(REPORTERS_READ)
    )
    names = {name.strip().casefold() for name in db.session.scalars(latest)} - {""}
    if not names:
        return []
    known = sa.or_(*(sa.func.lower(column).in_(names) for column in (Person.name, Person.handle, Person.email)))
    return list(db.session.scalars(sa.select(Person.id).where(known).order_by(Person.id)))


def _short(title: str) -> str:
    return title if len(title) <= TITLE else f"{title[:TITLE].rstrip()} …"


def _url(story: Story) -> str:
    return f"/stories/{story.key}"
