"""What stands around every page: who is looking, and the navigation."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa
from flask import Flask, current_app, request, url_for
from flask_login import current_user

from gamebash.core import clock
from gamebash.core.db import db
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from gamebash.events.queries.talk import Banners, banners_in, new_banners
from gamebash.finding.saved_here import SavedHere
from gamebash.notices.queries import unseen_count
from gamebash.people.models import Person, Theme
from gamebash.policy import is_allowed, permission_of
from gamebash.rotation.membership import TeamBadge, badge, with_team_on
from gamebash.rotation.models import Team

OF_EVENTS = {"events", "goals", "prizes", "play", "points", "seasons", "ceremony"}
OWN_PLACES = {"home.my_day", "play.story"}
PLACES = (
    ("My day", "home.my_day", {"home", "badges"}),
    ("Events", "events.list_events", {"events", "goals", "prizes", "play", "points", "seasons", "ceremony"}),
    ("Stories", "stories.list_stories", {"stories", "watch"}),
    ("Backlog", "backlog.list_problems", {"backlog", "triage", "noise", "sources", "backtest"}),
    (
        "Rotation",
        "rotation.overview",
        {
            "rotation",
            "knowledge",
            "wishes",
            "absences",
            "eligibility",
            "staffing",
            "fairness",
            "handovers",
            "hypercare",
            "releases",
            "operating",
        },
    ),
)


class Viewer:
    """The person looking at a page, in what its frame shows; the costly parts are read only where shown."""

    def __init__(self, person: Person) -> None:
        """Show the frame to this person."""
        self.person = person
        self.name = person.name
        self.handle = person.handle
        self.initials = person.initials
        self.theme = person.theme
        self.has_shortcuts = person.has_shortcuts

    @cached_property
    def news(self) -> "News":
        """What the frame shows of now, in one query; the team is that of today, as the rotation log has it."""
        is_live = sa.exists().where(Event.state == EventState.LIVE)
        query = sa.select(is_live, unseen_count(self.person.id), Team).select_from(Person)
        query = with_team_on(query, clock.now().date()).where(Person.id == self.person.id)
        slug = _event_here()
        if slug or request.endpoint in OWN_PLACES:
            said = new_banners(self.person.id, slug)
            query = query.outerjoin(said, sa.true()).add_columns(*said.c).order_by(said.c.event_id, said.c.id)
        rows = db.session.execute(query).all()
        live, unseen, team, *_ = rows[0]
        said_here = banners_in(row[3:] for row in rows if row[3:])
        return News(live, unseen, badge(team) if team else None, said_here)

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles as words."""
        return frozenset(role.value for role in self.person.roles)

    @property
    def team_code(self) -> str:
        """The three-letter code of today's team; empty outside all teams."""
        return self.news.team.code if self.news.team else ""

    @property
    def team_colour(self) -> str:
        """The colour of today's team; that of ops outside all teams."""
        return self.news.team.colour if self.news.team else "ops"

    @property
    def crest(self) -> str:
        """The crest of today's team; empty outside all teams."""
        return self.news.team.crest.value if self.news.team else ""


@dataclass(frozen=True, slots=True)
class News:
    """Whether an event is live, how many notices the viewer has not seen, their team, and what was announced.

    Announced is what the viewer has not put away, of the event that the page is about or, on their own places, of theirs.
    """

    is_live: bool
    unseen: int
    team: TeamBadge | None
    announced: tuple[Banners, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation."""

    label: str
    url: str
    is_current: bool
    is_live: bool


def init_app(app: Flask) -> None:
    """Give every template its frame."""
    app.context_processor(_frame)


def _frame() -> dict[str, object]:
    if not current_user.is_authenticated:
        return {"viewer": None, "nav": (), "theme": _cookie_theme(), "can_reach": _can_reach, "may": _may}
    viewer = Viewer(current_user.person)
    return {
        "viewer": viewer,
        "nav": _Navigation(viewer),
        "theme": viewer.theme,
        "can_reach": _can_reach,
        "may": _may,
        "saved": SavedHere(viewer.person.id),
    }


def _can_reach(endpoint: str) -> bool:
    """Say whether a place exists in this installation."""
    return endpoint in current_app.view_functions


def _may(endpoint: str) -> bool:
    """Say whether the policy lets whoever looks open or press something, so that nobody is offered what is refused."""
    permission = permission_of(current_app.view_functions[endpoint])
    roles = current_user.person.roles if current_user.is_authenticated else frozenset()
    return permission is not None and is_allowed(frozenset(roles), permission)


def _cookie_theme() -> str:
    theme = request.cookies.get("theme", "")
    return theme if theme in set(Theme) else Theme.SYSTEM


def _event_here() -> str:
    """Return the slug of the event that the page is about; empty elsewhere."""
    is_of_event = (request.endpoint or "").partition(".")[0] in OF_EVENTS
    return str((request.view_args or {}).get("slug", "")) if is_of_event else ""


class _Navigation:
    """The places one can go; asks whether an event is live only where the bar is drawn."""

    def __init__(self, viewer: Viewer) -> None:
        """Show them to this viewer."""
        self._viewer = viewer

    def __iter__(self) -> Iterator[Place]:
        here, is_live = request.blueprint or "", self._viewer.news.is_live
        for label, endpoint, blueprints in PLACES:
            if not _can_reach(endpoint):
                continue
            yield Place(label, url_for(endpoint), here in blueprints, is_live and label == "Events")
