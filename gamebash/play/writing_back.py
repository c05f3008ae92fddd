"""Saying at the source that a fix was accepted: only where an admin asked for it, and about each incident once.

What is to be said is written down before the call is made. If the call or the worker fails in between, nobody can know
whether it was heard, so it is not said again; what failed stands in the row.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from gamebash.backlog.models import Incident, IncidentStatus, Source, WriteBack
from gamebash.backlog.sources.asking import client_for
from gamebash.backlog.sources.connector import Subject
from gamebash.backlog.sources.registry import CONNECTORS
from gamebash.backlog.sources.secrets import NoSecretError
from gamebash.core.db import db, release, unit_of_work
from gamebash.core.http import RemoteError
from gamebash.play.models import Fix, FixState
from gamebash.stories.models import Story

# About older fixes nothing is said any more, so that switching it on does not tell of years at once.
LOOKED_BACK = timedelta(days=14)
AT_ONCE = 20


def write_back(*, now: datetime) -> bool:
    """Say of one incident that the fix of its problem was accepted; says whether there was one. A chore of the worker."""
    found = db.session.execute(_due(now)).first()
    release()
    if found is None:
        return False
    incident_id, number, link = found
    made_id = _write_down(incident_id, f"GB-{number}", now)
    if made_id is not None:
        message = _say(incident_id, f"The fix of GB-{number} was accepted in gamebash: {link}")
        with unit_of_work():
            made = db.session.get_one(WriteBack, made_id)
            made.message, made.done_at = message[:500], None if message else now
    return True


def _due(now: datetime) -> sa.Select[int, int, str]:
    """Return the incidents that still stand open at a source where a fix is to be told of, and have not been told."""
    key = sa.literal("GB-") + sa.cast(Story.number, sa.String)
    is_told = sa.exists().where(WriteBack.incident_id == Incident.id, WriteBack.key == key)
    is_about = sa.or_(Incident.id == Story.incident_id, Incident.problem_id == Story.problem_id)
    kinds = [kind for kind, connector in CONNECTORS.items() if connector.can_comment]
    return (
        sa.select(Incident.id, Story.number, Fix.change_url)
        .join_from(Fix, Story, Story.id == Fix.story_id)
        .join(Incident, is_about)
        .join(Source, Source.id == Incident.source_id)
        .where(
            Source.is_writing_back, Source.kind.in_(kinds), Fix.state == FixState.ACCEPTED, Fix.decided_at >= now - LOOKED_BACK,
            Incident.status != IncidentStatus.RESOLVED, ~is_told,
        )
        .order_by(Incident.id)
        .limit(1)
    )  # fmt: skip


def _write_down(incident_id: int, key: str, now: datetime) -> int | None:
    """Write down what is about to be said; None where another worker was first."""
    try:
        with unit_of_work():
            made = WriteBack(incident_id=incident_id, key=key, made_at=now)
            db.session.add(made)
            db.session.flush()
            return made.id
    except IntegrityError:
        return None


def _say(incident_id: int, text: str) -> str:
    """Say it; return what went wrong, nothing where nothing did."""
    incident = db.session.get_one(Incident, incident_id)
    source, about = incident.source, Subject(incident.external_id, dict(incident.extra))
    try:
        client = client_for(source)
        settings, connector = dict(source.settings), CONNECTORS[source.kind.value]
        release()
        connector.comment(client, settings, about, text)
        client.close()
    except (RemoteError, NoSecretError) as error:
        return str(error)
    except KeyError as error:
        return f"The source never sent {error}, without which it cannot be told."
    return ""
