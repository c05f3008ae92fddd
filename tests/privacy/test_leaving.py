"""Somebody who left is made anonymous: found nowhere, on no page and in no row, and every chain still verifies."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.absences.models import Absence
from gamebash.core import audit, clock
from gamebash.core.db import db
from gamebash.core.erasures import Erasure, Redaction
from gamebash.events.models import EventStory
from gamebash.models import metadata
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.models import Notice
from gamebash.notices.notices import tell
from gamebash.people.persons import deactivate_person
from gamebash.play.claims import claim_story
from gamebash.play.fixes import submit_fix
from gamebash.play.reviews import accept_fix
from gamebash.points import boards
from gamebash.points.ledger import award_points
from gamebash.points.models import PointEntry
from gamebash.privacy.erasing import AlreadyAnonymousError, AlteredEntryError, StillHereError, make_anonymous
from gamebash.rotation.consents import decline_move
from gamebash.rotation.kinds import TeamKind
from gamebash.rotation.models import Crest, Move
from gamebash.rotation.moves import MoveDraft, log_move
from gamebash.rotation.teams import TeamDraft, create_team
from gamebash.verify import verify
from tests.factories import make_event, make_player, make_story
from tests.invariants.test_verify import drop_triggers
from tests.play.test_game import draft
from tests.rotation.making import Role, a_person, sign_in

NOW = clock.now()
NAME, EMAIL, HANDLE, ALIAS = "Jörg Müller-Vogt", "jörg-müller-vogt@example.org", "jörg-müller-vogt", "Nachteule"
TRACES = ("müller-vogt", "nachteule", "m\\u00fcller-vogt")


@pytest.fixture
def world(work):
    """Jörg moved, declined, played, fixed, reviewed, was thanked by name, and is on record everywhere."""
    with work():
        joerg, priya = a_person(NAME, NOW), a_person("Priya Raman", NOW, Role.MANAGER, Role.ADMIN, Role.ORGANISER)
        joerg.alias = ALIAS
        teams = [
            create_team(TeamDraft(code, f"Team {code}", kind, Crest.RING, "1"), by=priya, now=NOW)
            for code, kind in (("OPS", TeamKind.OPS), ("CHK", TeamKind.SCRUM))
        ]
        today = NOW.date()
        log_move(joerg, MoveDraft(None, teams[0], today - timedelta(days=90), f"For {NAME}"), by=priya, now=NOW)
        ahead = MoveDraft(teams[0], teams[1], today + timedelta(days=9), "Turn")
        planned = log_move(joerg, ahead, by=priya, now=NOW)
        decline_move(planned, reason=f"{NAME} has exams", by=joerg, now=NOW)
        event = make_event(stories=[make_story(title=f"Asked for by {NAME}"), make_story()], went_live_at=NOW)
        event.starts_at, event.ends_at = NOW - timedelta(hours=1), NOW + timedelta(hours=6)
        event.reviews_end_at = NOW + timedelta(hours=7)
        author, mate = make_player(event, joerg), make_player(event, a_person("Sam Okafor", NOW, Role.DEVELOPER))
        entry = db.session.scalars(sa.select(EventStory).order_by(EventStory.rank)).first()
        fix = submit_fix(claim_story(entry, by=author, now=NOW), draft(), by=author, now=NOW)
        accept_fix(fix, by=mate, now=NOW)
        award_points(mate, 2, reason=f"Helped {NAME} and {ALIAS}", by=priya, now=NOW)
        tell(mate.person_id, NoticeKind.EVENT, f"{NAME} thanks you", key="k", now=NOW, url=f"/rotation/people/{HANDLE}")
        tell(joerg.id, NoticeKind.EVENT, "For you", key="k", now=NOW)
        audit.record("person:noted", HANDLE, by_id=priya.id, now=NOW, list=[{"who": HANDLE, "said": f"{NAME}!"}])
        sign_in_rows = a_person("Somebody Else", NOW)
    return {"joerg": joerg, "priya": priya, "event": event, "sam": mate.person, "other": sign_in_rows}


def erase(work, world, **more):
    with work():
        deactivate_person(world["joerg"], by=world["priya"], now=NOW)
        return make_anonymous(world["joerg"], by=world["priya"], now=NOW, **more)


def traces():
    """Return every table and column in which a trace of the name is left."""
    found = []
    for table in metadata.sorted_tables:
        for row in db.session.execute(sa.select(table)).mappings():
            for column, value in row.items():
                text = json.dumps(value, default=str, ensure_ascii=False).lower()
                found += [f"{table.name}.{column}: {text}" for trace in TRACES if trace in text]
    return found


def test_the_name_is_left_in_no_row_of_any_table(world, work):
    assert len({trace.partition(".")[0] for trace in traces()}) >= 7
    erasure = erase(work, world)
    assert traces() == []
    assert erasure.places >= 8
    person = world["joerg"]
    assert (person.name, person.handle, person.email) == ("Former player 1", "former-1", "former-1@gone.invalid")
    assert (person.alias, person.password_hash, person.roles) == (None, None, frozenset())


def test_ledger_and_rotation_log_still_verify(world, work):
    assert verify() == []
    erase(work, world)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Redaction)) == 3
    assert verify() == []


def test_what_is_altered_afterwards_is_still_found(world, work):
    erase(work, world)
    drop_triggers()
    db.session.execute(sa.text("UPDATE point_entries SET points = 50 WHERE kind = 'award'"))
    db.session.execute(sa.text("UPDATE moves SET reason = 'Another' WHERE number = 1"))
    db.session.expire_all()
    found = [one.what for one in verify()]
    assert any("award, 50 points" in what and "was altered" in what for what in found)
    assert "move 1 (link 1) was altered" in found


def test_an_entry_that_was_altered_before_is_not_laundered(world, work):
    drop_triggers()
    db.session.execute(sa.text(f"UPDATE moves SET reason = 'It was {NAME}' WHERE number = 1"))
    db.session.commit()
    with pytest.raises(AlteredEntryError):
        erase(work, world)
    db.session.rollback()
    assert traces() != []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE moves SET reason = 'x'", "UPDATE audit_entries SET detail = '{}'", "UPDATE point_entries SET reason = 'x'",
        "UPDATE move_consents SET reason = 'x'", "DELETE FROM moves", "UPDATE redactions SET rehash = 'x'",
    ],
)  # fmt: skip
def test_without_an_erasure_the_texts_of_the_logs_stand(world, work, statement):
    erase(work, world)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session.execute(sa.text(statement))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE moves SET effective_on = '2020-01-01'", "UPDATE point_entries SET points = 9", "DELETE FROM audit_entries",
     "UPDATE audit_entries SET tag = 'x:y'", "UPDATE moves SET hash = 'x', reason = 'y'"],
)  # fmt: skip
def test_an_open_erasure_changes_texts_and_nothing_else(world, work, statement):
    db.session.add(Erasure(person_id=world["joerg"].id, by_id=world["priya"].id, begun_at=NOW))
    db.session.flush()
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session.execute(sa.text(statement))


def test_only_who_left_is_made_anonymous_and_once(world, work):
    with pytest.raises(StillHereError, match="Deactivate them first"), work():
        make_anonymous(world["joerg"], by=world["priya"], now=NOW)
    erase(work, world)
    with pytest.raises(AlreadyAnonymousError), work():
        make_anonymous(world["joerg"], by=world["priya"], now=NOW)


def test_rows_about_the_person_alone_are_deleted_and_other_peoples_notices_stay(world, work):
    erase(work, world)
    notices = db.session.execute(sa.select(Notice.person_id, Notice.text, Notice.url).where(Notice.key == "k")).all()
    assert notices == [(world["sam"].id, "Former player 1 thanks you", "/rotation/people/former-1")]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Absence)) == 0


def test_further_words_go_too(world, work):
    with work():
        tell(world["sam"].id, NoticeKind.EVENT, "Jörgi was here", key="n", now=NOW)
    erase(work, world, extra=("Jörgi",))
    text = db.session.scalar(sa.select(Notice.text).where(Notice.key == "n"))
    assert text == "Former player 1 was here"


def test_no_page_shows_the_old_name(app, client, world, work):
    with work():
        sign_in(client, world["priya"])
    slug = world["event"].slug
    pages = [
        f"/events/{slug}", f"/events/{slug}/leaderboard", f"/events/{slug}/feed", f"/events/{slug}/players", f"/events/{slug}/cockpit",
        "/rotation", "/rotation/log", "/rotation/tours", "/rotation/moves/1", "/rotation/moves/2", "/teams/OPS", "/admin/people",
        "/admin/audit", "/stories", "/knowledge", "/rotation/log.csv", "/admin/audit?format=csv", "/wishes", "/absences",
    ]  # fmt: skip
    shown = {path for path in pages if _names(client.get(path))}
    assert len(shown) >= 9, shown
    erase(work, world)
    boards.forget()  # They are at most a second old, and this test is quicker.
    assert [path for path in pages if _names(client.get(path))] == []
    assert "Former player 1" in client.get("/rotation/people/former-1").get_data(as_text=True)
    assert client.get(f"/rotation/people/{HANDLE}").status_code == 404


def _names(response):
    assert response.status_code == 200, response.request.path
    text = response.get_data(as_text=True).lower()
    return any(trace in text for trace in TRACES)


def test_an_admin_sees_what_would_change_and_types_the_handle(client, world, work):
    with work():
        sign_in(client, world["priya"])
    path = f"/admin/people/{HANDLE}/anonymous"
    assert client.get(path).status_code == 409
    with work():
        deactivate_person(world["joerg"], by=world["priya"], now=NOW)
    body = client.get(path).get_data(as_text=True)
    assert "Former player 1" in body
    assert "lines of the ledger" in body
    assert client.post(path, data={"step": "erase", "typed": "somebody"}).status_code == 422
    assert client.post(path, data={"step": "count", "extra": "x"}).status_code == 422
    assert client.post(path, data={"step": "count", "extra": "Jörgi"}).status_code == 200
    assert traces() != []
    answer = client.post(path, data={"step": "erase", "typed": HANDLE}, follow_redirects=True)
    assert "They are Former player 1 now" in answer.get_data(as_text=True)
    db.session.rollback()
    assert traces() == []


def test_everybody_takes_their_own_data_along_and_nobody_elses(client, world, work):
    with work():
        sign_in(client, world["joerg"])
    answer = client.get("/account/data.zip")
    assert answer.mimetype == "application/zip"
    file = zipfile.ZipFile(io.BytesIO(answer.get_data()))
    data = json.loads(file.read("data.json"))
    assert {
        "people",
        "moves",
        "move_consents",
        "tours",
        "players",
        "claims",
        "fixes",
        "point_entries",
        "notices",
    } <= set(data)
    assert [row["email"] for row in data["people"]] == [EMAIL]
    assert "password_hash" not in data["people"][0]
    assert all("token_hash" not in row for row in data["sign_ins"])
    assert {row["reason"] for row in data["move_consents"]} == {f"{NAME} has exams"}
    moves = list(csv.DictReader(io.StringIO(file.read("moves.csv").decode("utf-8-sig"))))
    assert len(moves) == len(data["moves"]) == db.session.scalar(sa.select(sa.func.count()).select_from(Move))
    assert {row["person_id"] for row in data["notices"]} == {world["joerg"].id}
    assert len(data["point_entries"]) < db.session.scalar(sa.select(sa.func.count()).select_from(PointEntry))
    with work():
        sign_in(client, world["other"])
    empty = json.loads(zipfile.ZipFile(io.BytesIO(client.get("/account/data.zip").get_data())).read("data.json"))
    assert set(empty) == {"people", "sign_ins"}
