"""The search page: stories, problems and incidents that have the words, the best of the newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.backlog.models import Incident, Problem, Service
from gamebash.backlog.queries.incidents import service_choices
from gamebash.backlog.severity import Severity
from gamebash.core.days import day_of
from gamebash.core.db import db
from gamebash.core.paging import PER_PAGE, Paged, page_number
from gamebash.core.search import asked_words, has_words, snippet, words_in
from gamebash.stories.models import Story
from gamebash.stories.queries.found import number_in

LONGEST_SEARCH = 200
# So many of the newest matches are ranked and can be paged through; a common word has hundreds of thousands.
RANKED = 500
SHOWN_AT_FIRST = 5
GROUPS = ("stories", "problems", "incidents")


@dataclass(frozen=True, slots=True)
class Search:
    """What the address asks for; what it asks in nonsense is left out."""

    text: str = ""
    group: str = ""
    service: str = ""
    severity: str = ""
    from_on: date | None = None
    to_on: date | None = None
    page: int = 1

    @classmethod
    def from_address(cls, values: Mapping[str, str]) -> "Search":
        """Read the search from the address."""
        group, severity = values.get("in", ""), values.get("severity", "")
        return cls(
            text=" ".join(values.get("q", "").replace("\0", " ").split())[:LONGEST_SEARCH],
            group=group if group in GROUPS else "",
            service=values.get("service", "").replace("\0", ""),
            severity=severity if severity in set(Severity) else "",
            from_on=day_of(values.get("from", "")),
            to_on=day_of(values.get("to", "")),
            page=page_number(values.get("page")),
        )

    def address(self, **changes: Any) -> dict[str, str]:
        """Return what of it stands in an address, with changes; the usual is left out."""
        values = {
            "q": self.text,
            "in": self.group,
            "service": self.service,
            "severity": self.severity,
            "from": self.from_on,
            "to": self.to_on,
            **changes,
        }
        return {name: str(value) for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Found:
    """One thing found: its row, and the place in its texts where the words stand, in pieces to mark or not."""

    row: Any
    title: tuple[tuple[str, bool], ...]
    excerpt: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What was found, by group; groups that were not asked for are empty."""

    search: Search
    groups: dict[str, Paged[Found]]
    services: tuple[tuple[str, str], ...]

    @property
    def total(self) -> int:
        """How many things were found, RANKED at most in each group."""
        return sum(group.total for group in self.groups.values())


def search_page(search: Search) -> SearchPage:
    """Return what has the words, in at most five queries."""
    wanted = ([search.group] if search.group else GROUPS) if asked_words(search.text) else ()
    return SearchPage(search, {group: _group(search, group) for group in wanted}, service_choices())


def rank(candidates: Sequence[tuple[int, str]], words: Sequence[str]) -> list[int]:
    """Return ids, given newest first with their titles, in order: whole words in the title, then beginnings, then age."""

    def points(title: str) -> float:
        present = words_in(title)
        whole = sum(word in present for word in words)
        begun = sum(any(one.startswith(word) for one in present) for word in words)
        return whole + begun / 2

    return [number for number, title in sorted(candidates, key=lambda one: -points(one[1]))]


def _group(search: Search, group: str) -> Paged[Found]:
    kinds: dict[str, tuple[Any, tuple[str, ...]]] = {
        "stories": (Story, ("why", "description", "acceptance_criteria")),
        "problems": (Problem, ("symptom", "why")),
        "incidents": (Incident, ("description", "external_id")),
    }
    model, texts = kinds[group]
    words = asked_words(search.text)
    query = sa.select(model.id, model.title).where(*_conditions(search, model))
    candidates = db.session.execute(query.order_by(model.id.desc()).limit(RANKED)).all()
    ids = rank([(row[0], row[1]) for row in candidates], words)
    size = PER_PAGE if search.group else SHOWN_AT_FIRST
    number = search.page if search.group else 1
    rows = _rows(model, ids[(number - 1) * size : number * size])
    found = tuple(Found(row, snippet(row.title, words, 150), _excerpt(row, texts, words)) for row in rows)
    return Paged(found, number, len(ids), size)


def _rows(model: Any, ids: list[int]) -> list[Any]:
    if not ids:
        return []
    loading = [joinedload(model.service)]
    if model is Incident:
        loading += [joinedload(Incident.source), joinedload(Incident.problem)]
    rows = {row.id: row for row in db.session.scalars(sa.select(model).where(model.id.in_(ids)).options(*loading))}
    return [rows[number] for number in ids]


def _excerpt(row: Any, texts: Sequence[str], words: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    pieces = (snippet(getattr(row, name), words) for name in texts)
    return next((piece for piece in pieces if any(is_marked for _, is_marked in piece)), ())


def _conditions(search: Search, model: Any) -> list[sa.ColumnElement[bool]]:
    matches = has_words(model, search.text)
    number = number_in(search.text)
    if model is Story and number is not None:
        matches = sa.or_(matches, Story.number == number)
    conditions = [matches]
    if search.service:
        conditions.append(model.service_id.in_(sa.select(Service.id).where(Service.slug == search.service)))
    if model is Incident and search.severity:
        conditions.append(Incident.severity == Severity(search.severity))
    if model is Problem:
        conditions.append(Problem.merged_into_id.is_(None))
    moment = {Incident: Incident.opened_at, Problem: Problem.last_seen_at, Story: Story.updated_at}[model]
    if search.from_on:
        conditions.append(moment >= _midnight(search.from_on))
    if search.to_on:
        conditions.append(moment < _midnight(search.to_on + timedelta(days=1)))
    return conditions


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
