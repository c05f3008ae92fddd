"""Doing what somebody wanted and somebody else confirmed: the same actions, from what was kept of them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from gamebash.backlog import decisions, noise_rules
from gamebash.backlog.incidents import get_problem, judge_noise
from gamebash.backlog.models import Incident
from gamebash.backlog.second_person import Deed, Verb, confirmed
from gamebash.core.db import db
from gamebash.people.models import Person

Content = Mapping[str, Any]


def do_deed(deed: Deed, *, by: Person, now: datetime) -> None:
    """Make a decision as it was wanted, by the one who wanted it.

    Raises:
        DomainError: where things went on since and it cannot be made any more; says how they stand.
    """
    with confirmed():
        _DEEDS[deed.verb](deed.content, by, now)


def _merge(content: Content, by: Person, now: datetime) -> None:
    decisions.merge_problem(get_problem(content["problem"]), get_problem(content["into"]), by=by, now=now)


def _split(content: Content, by: Person, now: datetime) -> None:
    incidents = _incidents(content["incidents"])
    decisions.split_problem(get_problem(content["problem"]), incidents, content["title"], by=by, now=now)


def _move(content: Content, by: Person, now: datetime) -> None:
    decisions.move_incidents(_incidents(content["incidents"]), get_problem(content["to"]), by=by, now=now)


def _noise(content: Content, by: Person, now: datetime) -> None:
    decisions.call_problem_noise(get_problem(content["problem"]), content["reason"], by=by, now=now)


def _accept(content: Content, by: Person, now: datetime) -> None:
    decisions.accept_problem(get_problem(content["problem"]), by=by, now=now)


def _snooze(content: Content, by: Person, now: datetime) -> None:
    until = date.fromisoformat(content["until"])
    decisions.snooze_problem(get_problem(content["problem"]), until, by=by, now=now)


def _solve(content: Content, by: Person, now: datetime) -> None:
    decisions.solve_problem(get_problem(content["problem"]), by=by, now=now)


def _judge(content: Content, by: Person, now: datetime) -> None:
    incident = db.session.get_one(Incident, content["incident"])
    judge_noise(incident, is_noise=content["is_noise"], reason=content["reason"], by=by, now=now)


def _switch_on(content: Content, by: Person, now: datetime) -> None:
    rule = noise_rules.get_rule(content["rule"])
    noise_rules.switch_on(rule, knows_severe=content["knows_severe"], by=by, now=now)


_DEEDS: dict[Verb, Callable[[Content, Person, datetime], None]] = {
    Verb.MERGE: _merge,
    Verb.SPLIT: _split,
    Verb.MOVE: _move,
    Verb.NOISE: _noise,
    Verb.ACCEPT: _accept,
    Verb.SNOOZE: _snooze,
    Verb.SOLVE: _solve,
    Verb.JUDGE: _judge,
    Verb.RULE: _switch_on,
}


def _incidents(ids: list[int]) -> list[Incident]:
    return list(db.session.scalars(sa.select(Incident).where(Incident.id.in_(ids)).order_by(Incident.id)))
