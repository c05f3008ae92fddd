"""A live event with as many players, ledger entries and open stories as wanted, written in bulk with a true chain."""

import os
from datetime import timedelta

import sqlalchemy as sa
from itsdangerous import URLSafeTimedSerializer

from gamebash.backlog.models import Service
from gamebash.core import clock
from gamebash.core.config import places
from gamebash.core.db import db, migrate, unit_of_work
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.factory import create_app
from gamebash.people.identity import token_hash
from gamebash.people.models import Person, SignIn
from gamebash.points.ledger import FIRST_HASH, hash_of
from gamebash.points.models import LedgerHead, PointEntry, Standing
from gamebash.points.scoring import EntryKind
from gamebash.rotation.models import Team
from gamebash.stories.models import Story

SECRET = "bench"
SLUG = "bench"
COLUMNS = [column.name for column in PointEntry.__table__.columns if column.name != "id"]


def make(uri: str):
    return create_app({"SQLALCHEMY_DATABASE_URI": uri, "SECRET_KEY": SECRET, **places(os.environ)})


def build(uri: str, *, players: int, entries: int, stories: int) -> None:
    """Fill an empty database. Person n signs in with the token ``token-n``, story n is GB-n."""
    app = make(uri)
    migrate(app)
    now = clock.now()
    with app.app_context(), unit_of_work():
        insert = lambda model, rows: rows and db.session.execute(sa.insert(model), rows)  # noqa: E731
        insert(
            Team,
            [
                {
                    "code": f"T{n:02}",
                    "name": f"Team {n}",
                    "kind": "scrum",
                    "crest": "square",
                    "colour": str(1 + n % 5),
                    "division": "",
                    "is_active": True,
                    "created_at": now,
                }
                for n in range(6)
            ],
        )
        insert(Service, [{"slug": f"service-{n}", "name": f"service-{n}", "tier": 2} for n in range(10)])
        insert(
            Person,
            [
                {
                    "id": n,
                    "handle": f"player-{n}",
                    "name": f"Player Number{n}",
                    "email": f"p{n}@example.org",
                    "is_active": True,
                    "is_playing": True,
                    "theme": "system",
                    "has_shortcuts": True,
                    "created_at": now,
                }
                for n in range(1, players + 1)
            ],
        )
        insert(
            SignIn,
            [
                {
                    "token_hash": token_hash(f"token-{n}"),
                    "person_id": n,
                    "created_at": now,
                    "expires_at": now + timedelta(days=1),
                    "user_agent": "",
                    "address": "",
                }
                for n in range(1, players + 1)
            ],
        )
        event = Event(
            slug=SLUG,
            name="Bench",
            state=EventState.LIVE,
            starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=8),
            reviews_end_at=now + timedelta(hours=9),
            rules=Rules(claims_at_once=5).to_document(),
            created_at=now,
            went_live_at=now,
        )
        db.session.add(event)
        db.session.flush()
        insert(
            Player,
            [
                {
                    "id": n,
                    "event_id": event.id,
                    "person_id": n,
                    "team_id": 1 + n % 6,
                    "hours_free": 6.0,
                    "joined_at": now,
                }
                for n in range(1, players + 1)
            ],
        )
        insert(
            Story,
            [
                {
                    "id": n,
                    "number": n,
                    "title": f"Story number {n}",
                    "why": "",
                    "description": "",
                    "acceptance_criteria": "It stops",
                    "origin": "hand",
                    "service_id": 1 + n % 10,
                    "grade": "yellow",
                    "effort_hours": 4.0,
                    "state": "scheduled",
                    "value": 10.0,
                    "dropped_reason": "",
                    "created_at": now,
                    "updated_at": now,
                }
                for n in range(1, stories + 1)
            ],
        )
        insert(
            EventStory,
            [
                {
                    "event_id": event.id,
                    "story_id": n,
                    "rank": n,
                    "reason": "",
                    "grade": "yellow",
                    "points": 5,
                    "value": 10.0,
                    "pulled_at": now,
                }
                for n in range(1, stories + 1)
            ],
        )
        _write_ledger(event.id, players, entries, now)


def _write_ledger(event_id, players, entries, now) -> None:
    previous, sums, rows = FIRST_HASH, {}, []
    for seq in range(1, entries + 1):
        player_id = 1 + (seq * 7919) % players
        at = now - timedelta(seconds=entries - seq)
        points = 1 + seq % 8
        entry = PointEntry(
            event_id=event_id, seq=seq, player_id=player_id, kind=EntryKind.AWARD, points=points, reason=f"Award {seq}", at=at,
            caused_by_id=1, key=f"bench:{seq}", previous_hash=previous,
        )  # fmt: skip
        entry.hash = previous = hash_of(entry, person_id=player_id)
        rows.append({name: getattr(entry, name) for name in COLUMNS})
        sums[player_id] = (sums.get(player_id, (0, at))[0] + points, at)
        if len(rows) == 5_000:
            db.session.execute(sa.insert(PointEntry), rows)
            rows = []
    if rows:
        db.session.execute(sa.insert(PointEntry), rows)
    db.session.add(LedgerHead(event_id=event_id, seq=entries, hash=previous))
    db.session.execute(
        sa.insert(Standing),
        [
            {"player_id": n, "event_id": event_id, "points": points, "fixes": 0, "last_score_at": at}
            for n, (points, at) in sums.items()
        ],
    )


def cookie(app, number: int) -> tuple[str, str]:
    """Return the session cookie of person n and the form token that goes with it."""
    serializer = app.session_interface.get_signing_serializer(app)
    session = {"_user_id": f"token-{number}", "_fresh": True, "csrf_token": "bench"}
    token = URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token").dumps("bench")
    return f"session={serializer.dumps(session)}", token
