"""Puts the application together: configuration, extensions, features in order. The only importer of views."""

import os
import threading
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import IntegerConverter

from gamebash import models as models
from gamebash import policy
from gamebash.absences import views as absences
from gamebash.admin import health
from gamebash.admin import views as admin
from gamebash.backlog import backtest_views as backtest
from gamebash.backlog import followers, second_person
from gamebash.backlog import noise_views as noise
from gamebash.backlog import triage_views as triage
from gamebash.backlog import views as backlog
from gamebash.backlog.sources import views as sources
from gamebash.backlog.webhooks import views as webhooks
from gamebash.badges import views as badges
from gamebash.ceremony import report_views as ceremony
from gamebash.chat import views as chat
from gamebash.core import assets, config, db, error_pages, filters, logs, security, serving
from gamebash.core.htmx import Answer
from gamebash.core.live import answers as live
from gamebash.dev import views as dev
from gamebash.events import goal_views as goals
from gamebash.events import invite_views as events
from gamebash.finding import views as finding
from gamebash.home import chrome
from gamebash.home import views as home
from gamebash.incentives import views as incentives
from gamebash.notices import views as notices
from gamebash.operating import views as operating
from gamebash.operating.overview import Operating
from gamebash.people import identity
from gamebash.people import views as people
from gamebash.play import break_views as play
from gamebash.play import live_views as live_views
from gamebash.points import balance_views as points
from gamebash.points import season_views as seasons
from gamebash.privacy import views as privacy
from gamebash.prizes import views as prizes
from gamebash.rescoring import views as rescoring
from gamebash.rotation import followers as log_followers
from gamebash.rotation import import_views as rotation
from gamebash.rotation import parts
from gamebash.screen import views as screen
from gamebash.staffing import eligibility_views as eligibility
from gamebash.staffing import fairness_views as fairness
from gamebash.staffing import knowledge_views as knowledge
from gamebash.staffing import plan_views as staffing
from gamebash.staffing import wish_views as wishes
from gamebash.staffing.handovers import views as handovers
from gamebash.staffing.handovers.handovers import Handovers
from gamebash.staffing.hypercare import release_views as releases
from gamebash.staffing.hypercare import views as hypercare
from gamebash.staffing.overview import Staffing
from gamebash.stories import views as stories
from gamebash.stories.following import Stories
from gamebash.watch import views as watch
from gamebash.watch.proposals import SecondPerson

LARGEST_NUMBER = 2**31 - 1
BLUEPRINTS = (
    people.blueprint, notices.blueprint, rotation.blueprint, backlog.blueprint, noise.blueprint, triage.blueprint, backtest.blueprint,
    sources.blueprint, webhooks.blueprint,
    stories.blueprint, events.blueprint, points.blueprint, seasons.blueprint, goals.blueprint,
    badges.blueprint, prizes.blueprint,
    play.blueprint, screen.blueprint, chat.blueprint,
    ceremony.blueprint, incentives.blueprint, absences.blueprint, knowledge.blueprint, wishes.blueprint,
    eligibility.blueprint, fairness.blueprint, staffing.blueprint, handovers.blueprint, hypercare.blueprint,
    releases.blueprint, releases.pipelines,
    rescoring.blueprint, finding.blueprint, home.blueprint, admin.blueprint,
    watch.blueprint, operating.blueprint,
    health.blueprint, privacy.blueprint,
)  # fmt: skip

# Below the pool of connections to the database, which the live updates and what closes after an answer share.
ANSWERED_AT_ONCE = 32


class RowNumber(IntegerConverter):
    """A number in an address, at most the largest that a row can have."""

    def __init__(self, *args: Any, **limits: Any) -> None:
        """Take what werkzeug takes, with that limit."""
        super().__init__(*args, **{"max": LARGEST_NUMBER, **limits})


class Gamebash(Flask):
    """A Flask application in which every unsafe request is one unit of work."""

    def __init__(self, *names: Any, **settings: Any) -> None:
        """Answer only so many requests at once; streams wait outside."""
        super().__init__(*names, **settings)
        # A number that no row can have leads nowhere, instead of to a database that cannot take it.
        self.url_map.converters["int"] = RowNumber
        self._turns = threading.Semaphore(ANSWERED_AT_ONCE)

    def full_dispatch_request(self) -> Response:
        """Answer a request in its turn; what an unsafe one reads first is already read under the write lock.

        A process has a thread for each stream, far more than it has connections to the database: without turns a crowd
        of requests would fight for those, and each would be slower than in a queue.
        """
        with self._turns:
            if request.method in security.SAFE_METHODS:
                return super().full_dispatch_request()
            with db.write_intent():
                return super().full_dispatch_request()

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view; commit what it changed, then render what is true now."""
        if request.method in security.SAFE_METHODS:
            return super().dispatch_request()
        with db.unit_of_work():
            answer = super().dispatch_request()
            response = None if isinstance(answer, Answer) else self.make_response(answer)
            is_refused = (
                answer.is_refusal if isinstance(answer, Answer) else response.status_code >= HTTPStatus.BAD_REQUEST
            )
            if is_refused:
                db.release()
        return answer.resolve() if isinstance(answer, Answer) else response


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Return the application; ``settings`` override what the environment says.

    Raises:
        MisconfiguredError: where a setting is missing or wrong.
    """
    app = Gamebash("gamebash", root_path=str(config.ROOT), template_folder="templates", static_folder="static")
    app.config.from_mapping(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # How long somebody stays signed in is kept in the database, so the cookie need not be signed anew each time.
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
        MAX_FORM_MEMORY_SIZE=config.MEBIBYTE,
        GAMEBASH_UPLOAD_BYTES=256 * config.MEBIBYTE,
        GAMEBASH_UPLOAD_ROWS=2_000_000,
        GAMEBASH_UNPACKED_BYTES=8 * 1024**3,
        GAMEBASH_STREAMS=config.STREAMS,
        GAMEBASH_THREADS=config.STREAMS + config.SPARE_THREADS,
        GAMEBASH_TIMEZONE="UTC",
        GAMEBASH_URL="",
        GAMEBASH_MAIL="",
    )
    if settings is None or "SQLALCHEMY_DATABASE_URI" not in settings:
        app.config.from_mapping(config.from_environment(os.environ))
    app.config.from_mapping(settings or {})
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    logs.init_app(app)
    db.init_app(app)
    error_pages.init_app(app)
    security.init_app(app)
    identity.init_app(app)
    policy.init_app(app, identity.glance)
    security.protect_forms(app)
    live.init_app(app)
    filters.register_filters(app)
    chrome.init_app(app)
    followers.follow(Stories())
    parts.contribute(Staffing())
    parts.contribute(Operating())
    log_followers.follow(Handovers())
    second_person.watch_by(SecondPerson())
    app.jinja_env.globals["asset"] = assets.url_of
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if app.debug:
        app.register_blueprint(dev.blueprint)
    serving.init_app(app)
    return app
