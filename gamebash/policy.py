"""Who may do what: one table, deny by default. When something may be done is the actions' business (lifecycle)."""

from collections.abc import Callable
from enum import Enum, StrEnum
from functools import partial
from http import HTTPStatus
from typing import ParamSpec, Protocol, cast

from flask import Flask, Response, current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from gamebash.core.errors import NotAllowedError
from gamebash.core.htmx import Reply, wants_fragment

P = ParamSpec("P")


class Role(StrEnum):
    """What a person may do beyond playing; a person holds any set of them."""

    DEVELOPER = "developer"
    ORGANISER = "organiser"
    MANAGER = "manager"
    ADMIN = "admin"


class Audience(Enum):
    """Who a permission reaches besides holders of a role."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"


class Permission(StrEnum):
    """What can be permitted, in the domain's verbs."""

    REACH_FRONT_DOOR = "reach the sign-in and health pages"
    USE_OWN_ACCOUNT = "change one's own account"
    READ = "read events, stories, backlog and rotation"
    PLAY = "take part in events"
    PROPOSE_STORIES = "propose stories and write notes"
    SHAPE_STORIES = "edit stories, make them ready, drop them"
    TRIAGE = "judge noise, name root causes"
    IMPORT_INCIDENTS = "take in incidents from files"
    MANAGE_SOURCES = "set up the sources of incidents and their secrets"
    ORGANISE_EVENTS = "draft, run and close events"
    CORRECT_POINTS = "award and correct points"
    MANAGE_TEAMS = "create and change teams"
    LOG_MOVES = "log, correct and approve moves"
    LOG_MODELS = "log how teams work with operations"
    PLAN_STAFFING = "plan who goes where, and set the rules of staffing"
    READ_WISHES = "read what people wish and why they are away"
    ANSWER_MOVES = "answer when one is asked to move"
    HAND_OVER = "hand over, receive, teach and learn"
    REGISTER_RELEASES = "register releases and ask builders to stay as L3"
    MANAGE_PEOPLE = "invite people, set roles, end sign-ins"
    READ_AUDIT = "read the record of changes"


TABLE: dict[Permission, Audience | frozenset[Role]] = {
    Permission.REACH_FRONT_DOOR: Audience.ANYONE,
    Permission.USE_OWN_ACCOUNT: Audience.SIGNED_IN,
    Permission.READ: Audience.SIGNED_IN,
    Permission.PLAY: Audience.SIGNED_IN,
    Permission.PROPOSE_STORIES: Audience.SIGNED_IN,
    Permission.SHAPE_STORIES: frozenset({Role.DEVELOPER, Role.ORGANISER}),
    Permission.TRIAGE: frozenset({Role.DEVELOPER, Role.ORGANISER}),
    Permission.IMPORT_INCIDENTS: frozenset({Role.ORGANISER, Role.ADMIN}),
    Permission.MANAGE_SOURCES: frozenset({Role.ADMIN}),
    Permission.ORGANISE_EVENTS: frozenset({Role.ORGANISER}),
    Permission.CORRECT_POINTS: frozenset({Role.ORGANISER}),
    Permission.MANAGE_TEAMS: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.LOG_MOVES: frozenset({Role.MANAGER}),
    Permission.LOG_MODELS: frozenset({Role.MANAGER}),
    Permission.PLAN_STAFFING: frozenset({Role.MANAGER}),
    Permission.READ_WISHES: frozenset({Role.MANAGER}),
    Permission.ANSWER_MOVES: Audience.SIGNED_IN,
    Permission.HAND_OVER: Audience.SIGNED_IN,
    Permission.REGISTER_RELEASES: frozenset({Role.DEVELOPER, Role.MANAGER}),
    Permission.MANAGE_PEOPLE: frozenset({Role.ADMIN}),
    Permission.READ_AUDIT: frozenset({Role.ADMIN}),
}


class Relation(StrEnum):
    """How somebody who reads stands to the person that they read about."""

    THEMSELVES = "themselves"
    THEIR_MANAGER = "their manager"
    ANOTHER_MANAGER = "another manager"
    COLLEAGUE = "a colleague"
    ORGANISER = "an organiser"
    ADMIN = "an admin"


class Matter(StrEnum):
    """What can be read about a person."""

    WISH = "what they wish"
    WHEN_AWAY = "on which days they are away"
    WHY_AWAY = "why they are away"
    WHY_DECLINED = "why they declined a move"
    HANDOVER_NOTES = "the notes of their handover"
    NOTICES = "what they are told"
    OWN_DATA = "the file of everything about them"
    EMAIL = "their address for mail"
    MOVES = "where they were when, and that they agreed or declined"
    KNOWLEDGE = "which services they know"


_MANAGED = frozenset({Relation.THEMSELVES, Relation.THEIR_MANAGER})
_NOBODY_ELSE = frozenset({Relation.THEMSELVES})
_EVERYBODY = frozenset(Relation)

# Who may read what about a person; held to by every page (tests/privacy/test_matrix.py), and written out for works councils in
# docs/manager.md. Their managers are those named on their team, for moves and handovers on either team; where nobody is named
# any manager is one. Who takes a handover over reads its notes.
PRIVACY: dict[Matter, frozenset[Relation]] = {
    Matter.WISH: _MANAGED,
    # Managers for their plans, organisers for their event.
    Matter.WHEN_AWAY: _MANAGED | {Relation.ANOTHER_MANAGER, Relation.ORGANISER},
    Matter.WHY_AWAY: _MANAGED,
    Matter.WHY_DECLINED: _MANAGED,
    Matter.HANDOVER_NOTES: _MANAGED,
    Matter.NOTICES: _NOBODY_ELSE,
    Matter.OWN_DATA: _NOBODY_ELSE,
    Matter.EMAIL: frozenset({Relation.THEMSELVES, Relation.ADMIN}),
    Matter.MOVES: _EVERYBODY,
    Matter.KNOWLEDGE: _EVERYBODY,
}

_ATTRIBUTE = "required_permission"
_AT_A_GLANCE = "needs_a_glance"


def requires(permission: Permission) -> Callable[[Callable[P, Reply]], Callable[P, ResponseReturnValue]]:
    """Name the permission that a view needs; a view that names none is denied to everybody."""

    def mark(view: Callable[P, Reply]) -> Callable[P, ResponseReturnValue]:
        setattr(view, _ATTRIBUTE, permission)
        # An ``Answer`` is resolved before Flask sees it (factory.Gamebash.dispatch_request).
        return cast("Callable[P, ResponseReturnValue]", view)

    return mark


def public(view: Callable[P, Reply]) -> Callable[P, ResponseReturnValue]:
    """Let anyone reach a view."""
    return requires(Permission.REACH_FRONT_DOOR)(view)


def permission_of(view: Callable[..., object]) -> Permission | None:
    """Return the permission that a view names, if any."""
    return getattr(view, _ATTRIBUTE, None)


def is_allowed(roles: frozenset[Role], permission: Permission) -> bool:
    """Say whether a signed-in person with these roles has the permission."""
    allowed = TABLE[permission]
    return isinstance(allowed, Audience) or bool(allowed & roles)


def roles_with(permission: Permission) -> frozenset[Role]:
    """Return the roles that a permission reaches; every role where it reaches everybody."""
    allowed = TABLE[permission]
    return frozenset(Role) if isinstance(allowed, Audience) else allowed


def at_a_glance(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let what a page asks for by itself be checked by who was looking a moment ago; never a view that changes anything.

    Whoever is not signed in any more is told so by the status: the page stays, with what is typed on it.
    """
    setattr(view, _AT_A_GLANCE, True)
    return view


class Looker(Protocol):
    """Somebody whose roles are known."""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held."""


def init_app(app: Flask, glance: Callable[[], Looker | None]) -> None:
    """Check every request against the table before anything else of it runs; ``glance`` says who was looking just now."""
    app.before_request(partial(_check, glance))


def _check(glance: Callable[[], Looker | None]) -> Response | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = current_app.view_functions[request.endpoint]
    permission = permission_of(view)
    if permission is None:
        message = "No permission is named for this address, so nobody may use it."
        raise NotAllowedError(message)
    if TABLE[permission] is Audience.ANYONE:
        return None
    is_asked_by_itself = getattr(view, _AT_A_GLANCE, False)
    looker = glance() if is_asked_by_itself else _signed_in()
    if looker is None:
        return _not_signed_in() if is_asked_by_itself else _to_sign_in()
    if not is_allowed(looker.roles, permission):
        message = f"You may not do this: it needs the right to {permission.value}. Ask an admin if you should have it."
        raise NotAllowedError(message)
    return None


def _signed_in() -> Looker | None:
    return cast("Looker", current_user.person) if current_user.is_authenticated else None


def _not_signed_in() -> Response:
    return Response("You are not signed in any more.", HTTPStatus.UNAUTHORIZED, mimetype="text/plain")


def _to_sign_in() -> Response:
    """Send the whole page to sign-in, never a part of it; after a lost form, back to the page it was on."""
    back = request.full_path.rstrip("?") if request.method == "GET" and not wants_fragment() else ""
    target = url_for("people.sign_in", next=back) if back and back != "/" else url_for("people.sign_in")
    if wants_fragment():
        return Response(headers={"HX-Redirect": target})
    return make_response(redirect(target, HTTPStatus.SEE_OTHER))
