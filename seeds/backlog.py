"""The demo's real incidents, moved in time, and the stories proposed from them."""

import json
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from gamebash.backlog.backtest import learn_calibration
from gamebash.backlog.backtests import QUARTER
from gamebash.backlog.imports.dates import DateOrder, moment
from gamebash.backlog.imports.mapping import guess
from gamebash.backlog.imports.reading import Reader
from gamebash.backlog.imports.upsert import write_incidents
from gamebash.backlog.models import Backtest, Problem, ProblemWeek, Source, SourceKind
from gamebash.backlog.problems import refresh_problems
from gamebash.backlog.queries.history import day_of, lives
from gamebash.backlog.records import Row
from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.stories.estimates import estimate_again
from gamebash.stories.grounds import Evidence
from gamebash.stories.models import Story
from gamebash.stories.stories import Content, make_ready, propose_story

FACTS = Path(__file__).parent / "data" / "github_status.jsonl"
WEEK = timedelta(weeks=1)
YEAR = timedelta(days=364)
SOURCE = "GitHub status page"

# What a symptom class means to people, for the titles of stories.
TITLES = {
    "sign-in": "People are turned away when they sign in to {0}",
    "network": "{0} cannot be reached from parts of the network",
    "capacity": "{0} runs out of room when the load rises",
    "database": "{0} stalls while its database catches up",
    "delays": "{0} runs late and work waits in its queue",
    "latency": "{0} answers too slowly and requests time out",
    "missing data": "{0} shows old or missing data",
    "dependency": "{0} fails when a provider it leans on fails",
    "change": "A change to {0} breaks it until it is rolled back",
    "errors": "Requests to {0} end in errors",
    "outage": "{0} goes down for everybody",
    "degraded": "{0} limps along and nobody can say why",
    "other": "{0} misbehaves in a way of its own",
}
CRITERIA = {
    "delays": "- The queue drains within 10 minutes after a burst\n- An alert fires on its age, not its length",
    "latency": "- The slowest 1 % of requests stay under 2 s at twice the usual load\n- A timeout fails one request, not all",
    "capacity": "- The limit is known, measured and watched\n- Load above it is refused politely",
    "dependency": "- With the provider away, the rest of the page works\n- Retries have a budget and jitter",
    "change": "- The change that broke it would now be stopped by a test or a canary",
}  # fmt: skip
USUAL_CRITERIA = "- The cause is named and a test fails without the fix\n- The runbook says what to do if it comes back"
HOURS = (0.75, 1.0, 2.5, 3.0, 4.0, 5.0, 7.0, 8.0)


def take_in_incidents(*, now: datetime) -> int:
    """Write the incidents, moved by whole weeks so that the log ends just before now; returns how many are new."""
    source = db.session.scalar(sa.select(Source).where(Source.name == SOURCE))
    if source is None:
        source = Source(slug="github-status-page", name=SOURCE, kind=SourceKind.FILE, created_at=now)
        db.session.add(source)
        db.session.flush()
    facts = [json.loads(line) for line in FACTS.read_text(encoding="utf-8").splitlines()]
    shift = _shift(facts, now)
    rows = [Row(number, _moved(fact, shift)) for number, fact in enumerate(facts, start=1)]
    mapping = guess(rows[:500])
    source.mapping = mapping.to_document()
    reader = Reader(mapping, now=now)
    records = [record for row in rows if not hasattr(record := reader.read(row), "reason")]
    written = write_incidents(source, records)
    refresh_problems(written.problem_ids, now=now)
    return written.created


def learn_forecasts(*, now: datetime) -> None:
    """Learn from the log as it was known then how past trouble becomes a forecast, as the weekly backtest does."""
    calibration = learn_calibration(lives(), day_of(now), float(QUARTER.days))
    message = "Learned while the demo was built. The first weekly backtest takes its place."
    db.session.add(Backtest(requested_at=now, finished_at=now, calibration=calibration.to_document(), message=message))
    db.session.flush()


def propose_stories(count: int, *, skip: int = 0, by: Person, now: datetime) -> list[Story]:
    """Propose stories from the problems worth most that have none yet, and make them ready; ``skip`` leaves the first alone.

    With a skip they are those that had struck most by then: the whole log is in already, and nobody knew the rest of it.
    """
    busy = sa.select(Story.problem_id).where(Story.problem_id.is_not(None))
    struck = (
        sa.select(sa.func.coalesce(sa.func.sum(ProblemWeek.incidents), 0))
        .where(ProblemWeek.problem_id == Problem.id, ProblemWeek.week_on.between(now.date() - YEAR, now.date()))
        .scalar_subquery()
    )
    query = (
        sa.select(Problem)
        .where(Problem.id.not_in(busy), Problem.incident_count > 1)
        .order_by(struck.desc() if skip else Problem.value.desc(), Problem.id)
        .offset(skip)
        .limit(count)
    )
    second = db.session.scalars(sa.select(Person).where(Person.id != by.id).order_by(Person.id)).first()
    stories = [_propose(problem, by=by, now=now) for problem in db.session.scalars(query).all()]
    if second is not None:
        for story in stories:
            estimate_again(story, story.grade, by=second, now=now)
    return stories


def _propose(problem: Problem, *, by: Person, now: datetime) -> Story:
    service = problem.service
    more = (
        f", about {problem.forecast:.0f} more next quarter if nobody does anything" if round(problem.forecast) else ""
    )
    often = f"{problem.incident_count} times so far{more}."
    content = Content(
        title=TITLES.get(problem.symptom, TITLES["other"]).format(service.name),
        service=service,
        effort_hours=HOURS[problem.id * 7 % len(HOURS)],
        why=often,
        acceptance_criteria=CRITERIA.get(problem.symptom, USUAL_CRITERIA),
        team=service.team,
    )
    story = propose_story(content, Evidence(problem=problem), by=by, now=now)
    return make_ready(story, by=by, now=now)


def _shift(facts: list[dict[str, str]], now: datetime) -> timedelta:
    newest = max(_time(fact["resolved_at"] or fact["started_at"]) for fact in facts)
    return (now - newest) // WEEK * WEEK


def _moved(fact: dict[str, str], shift: timedelta) -> dict[str, object]:
    times = {name: (_time(fact[name]) + shift).isoformat() for name in ("started_at", "resolved_at") if fact[name]}
    return {**fact, **times}


def _time(text: str) -> datetime:
    return moment(text, order=DateOrder.UNNEEDED, zone=ZoneInfo("UTC"))


def first(stories: list[Story], count: int) -> list[Story]:
    """Return the first few stories."""
    return list(islice(stories, count))
