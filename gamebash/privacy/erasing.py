"""Making somebody who left anonymous: their name goes everywhere, and every chain still verifies."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.erasures import Erasure, Redaction, is_redacted
from gamebash.core.errors import DomainError
from gamebash.events.models import Player
from gamebash.models import metadata
from gamebash.people.models import Person
from gamebash.points.ledger import hash_of as hash_of_point
from gamebash.points.models import PointEntry
from gamebash.privacy.places import Place, places_of
from gamebash.privacy.words import Words, words_of
from gamebash.rotation import chain
from gamebash.rotation.models import Move, MoveConsent

# Rows that are about the person alone and serve nothing once they left.
OWN_ROWS = (
    ("notices", "person_id"), ("sign_ins", "person_id"), ("one_time_links", "person_id"), ("person_roles", "person_id"),
    ("team_managers", "person_id"), ("preferences", "person_id"), ("manager_words", "person_id"), ("absences", "person_id"),
    ("free_alerts", "person_id"), ("calendar_feeds", "owner_id"),
)  # fmt: skip

Chained = Move | MoveConsent | PointEntry
CHAINED = {"moves", "move_consents", "point_entries"}


class AlteredEntryError(DomainError):
    """A chained entry does not have the hash it was written with, so nothing is changed before that is looked into."""


class StillHereError(DomainError):
    """The person can still sign in, so they have not left."""


class AlreadyAnonymousError(DomainError):
    """The person was made anonymous before."""


def words_for(person: Person, extra: Sequence[str] = ()) -> Words:
    """Return the words by which a person is known, and the next free name to stand in."""
    number = (db.session.scalar(sa.select(sa.func.count()).select_from(Erasure)) or 0) + 1
    names = words_of(person.name, [person.email, person.alias, *extra])
    return Words(names, person.handle, f"Former player {number}", f"former-{number}")


def make_anonymous(person: Person, *, extra: Sequence[str] = (), by: Person, now: datetime) -> Erasure:
    """Take a person's name out of everything, for good. What they did stays, under another name.

    ``extra`` are further words to take out, such as a nickname. Wishes, absences, notices and sign-ins of the person are
    deleted. Texts in the ledger, the rotation log and the record of changes are changed too; their chains verify, since
    each such entry keeps its hash and a redaction says what it hashes to since.

    Raises:
        AlreadyAnonymousError: where it was done before.
        AlteredEntryError: where a chained entry that names them does not verify.
        StillHereError: where the person is active.
    """
    refuse_erasing(person)
    # One erasure at a time: who comes second waits here, and then gets the next number.
    db.session.execute(sa.update(Person).where(Person.id == person.id).values(is_playing=False))
    chain.lock_log()
    words = words_for(person, extra)
    erasure = Erasure(person_id=person.id, by_id=by.id, begun_at=now)
    db.session.add(erasure)
    db.session.flush()
    redacted = []
    for place in places_of(words):
        if place.table.name in CHAINED:
            _refuse_altered(place)
            redacted.append(place)
        db.session.execute(sa.update(place.table).where(place.where).values(**place.changes))
        erasure.places += 1
    _delete_own_rows(person)
    _rename(person, words)
    db.session.flush()
    db.session.expire_all()
    for place in redacted:
        _redact(place, erasure)
    erasure.finished_at = now
    db.session.flush()
    for event_id in [None, *db.session.scalars(sa.select(Player.event_id).where(Player.person_id == person.id))]:
        audit.record("person:made_anonymous", person.handle, by_id=by.id, now=now, event_id=event_id)
    return erasure


def refuse_erasing(person: Person) -> None:
    """Refuse to make somebody anonymous who is here, or is anonymous already.

    Raises:
        AlreadyAnonymousError, StillHereError: which of the two it is.
    """
    if person.is_active:
        raise StillHereError(f"{person.name} is active. Deactivate them first; only who left is made anonymous.")
    if db.session.scalar(sa.select(Erasure.id).where(Erasure.person_id == person.id)):
        raise AlreadyAnonymousError(f"{person.name} was made anonymous already.")


def _delete_own_rows(person: Person) -> None:
    for table, column in OWN_ROWS:
        rows = metadata.tables[table]
        db.session.execute(sa.delete(rows).where(rows.c[column] == person.id))
    teams, throttles = metadata.tables["teams"], metadata.tables["throttles"]
    led = sa.update(teams).where(teams.c.product_owner_id == person.id)
    db.session.execute(led.values(product_owner_id=None))
    db.session.execute(sa.delete(throttles).where(throttles.c.key.icontains(person.email, autoescape=True)))


def _rename(person: Person, words: Words) -> None:
    renamed = sa.update(Person).where(Person.id == person.id)
    email = f"{words.new_handle}@gone.invalid"
    values = {"name": words.stand_in, "handle": words.new_handle, "email": email, "alias": None, "password_hash": None}
    db.session.execute(renamed.values(**values).execution_options(synchronize_session=False))


def _entry_of(place: Place) -> Chained:
    kinds = {"moves": Move, "move_consents": MoveConsent, "point_entries": PointEntry}
    return cast("Chained", db.session.get_one(kinds[place.table.name], place.row.id))


def _hash_now(entry: Chained) -> str:
    """Return what a chained entry hashes to as it is."""
    if isinstance(entry, PointEntry):
        return hash_of_point(entry, person_id=entry.player.person_id)
    return chain.hash_of(entry)


def _refuse_altered(place: Place) -> None:
    """Refuse to redact an entry that was altered before: its redaction would hide that."""
    entry, table = _entry_of(place), place.table.name
    found = _hash_now(entry)
    if entry.hash != found and not is_redacted(table, entry.id, entry.hash, found):
        raise AlteredEntryError("A chained entry that names them was altered. Run verify and mend that first.")


def _redact(place: Place, erasure: Erasure) -> None:
    """Keep what a chained entry hashes to since its text changed."""
    entry = _entry_of(place)
    facts = {"table_name": place.table.name, "row_id": entry.id, "hash": entry.hash, "rehash": _hash_now(entry)}
    db.session.add(Redaction(erasure_id=erasure.id, **facts))
