"""Seen before: incidents alike to one by what was written about them, their problems, and what was done about those."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only

from gamebash.backlog.alike import ALIKE, READ, likeness, terms, weighed
from gamebash.backlog.models import Incident, Problem
from gamebash.core.db import db
from gamebash.stories.models import Story

# How many of the newest incidents of the same service are compared, and how many of the most alike are shown.
COMPARED, SHOWN = 500, 5
LEAST = 0.15


@dataclass(frozen=True, slots=True)
class AlikeLine:
    """An incident like the one looked at: how alike, by which words, and the stories about its problem."""

    incident: Incident
    score: float
    words: tuple[str, ...]
    stories: tuple[Story, ...]

    @property
    def is_same(self) -> bool:
        """Whether it may be the same thing told twice."""
        return self.score >= ALIKE


@dataclass(frozen=True, slots=True)
class AlikePage:
    """What was seen before of an incident."""

    incident: Incident
    lines: tuple[AlikeLine, ...]
    compared: int


def alike_page(incident: Incident) -> AlikePage:
    """Return the incidents of the same service that are most alike to one, with what was done about their problems."""
    query = (
        sa.select(Incident, sa.func.substr(Incident.description, 1, READ))
        .where(Incident.service_id == incident.service_id, Incident.id != incident.id)
        .options(
            load_only(Incident.title, Incident.external_id, Incident.opened_at, Incident.severity, Incident.problem_id),
            joinedload(Incident.source),
            joinedload(Incident.problem).load_only(Problem.key, Problem.title, Problem.root_cause),
        )
        .order_by(Incident.opened_at.desc())
        .limit(COMPARED)
    )
    rows = db.session.execute(query).all()
    words = [terms(one.title, text) for one, text in rows]
    own = terms(incident.title, incident.description)
    counts = Counter(word for found in (*words, own) for word in found)
    looked_for = weighed(own, len(words) + 1, counts)
    scored = [
        (likeness(looked_for, weighed(found, len(words) + 1, counts)), row[0])
        for found, row in zip(words, rows, strict=True)
    ]
    best = sorted(scored, key=lambda pair: (-pair[0].score, -pair[1].id))[:SHOWN]
    chosen = [(like, one) for like, one in best if like.score >= LEAST]
    stories = _stories([one.problem_id for _, one in chosen])
    lines = [AlikeLine(one, like.score, like.words, stories.get(one.problem_id or 0, ())) for like, one in chosen]
    return AlikePage(incident, tuple(lines), len(rows))


def _stories(problem_ids: Sequence[int | None]) -> dict[int, tuple[Story, ...]]:
    query = (
        sa.select(Story)
        .where(Story.problem_id.in_([one for one in problem_ids if one is not None]))
        .order_by(Story.number)
    )
    found: dict[int, tuple[Story, ...]] = {}
    for story in db.session.scalars(query):
        if story.problem_id is not None:
            found[story.problem_id] = (*found.get(story.problem_id, ()), story)
    return found
