"""Logging, correcting and approving moves: the rules and what their refusals say."""

from datetime import date

import pytest
import sqlalchemy as sa

from gamebash.core.audit import AuditEntry
from gamebash.core.db import db
from gamebash.core.errors import InvalidError
from gamebash.rotation.approvals import AlreadyApprovedError, approve_move
from gamebash.rotation.kinds import MoveKind
from gamebash.rotation.membership import history_of, people_on, team_on, teams_on
from gamebash.rotation.models import Move, MoveApproval
from gamebash.rotation.moves import (
    AlreadyCorrectedError,
    ContradictingMoveError,
    InactiveTeamError,
    correct_move,
    log_move,
)
from gamebash.rotation.teams import retire_team
from tests.rotation.making import Log, a_manager, a_person, some_teams


@pytest.fixture
def log(context, now):
    return Log(a_person("Lena Vogt", now), some_teams(now), a_manager(now), now)


def code_on(log, day):
    team = team_on(log.person.id, date.fromisoformat(day))
    return team.code if team else None


def correct(log, move, draft, reason="Written down wrong"):
    return correct_move(move, draft, reason=reason, by=log.by, now=log.now)


def test_where_somebody_is_follows_from_the_log(log):
    log.move(None, "WHS", "2026-01-05")
    log.move("WHS", "OPS", "2026-09-28")
    log.move("OPS", None, "2026-12-07")
    days = ("2026-01-04", "2026-01-05", "2026-09-27", "2026-09-28", "2026-12-06", "2026-12-07")
    assert [code_on(log, day) for day in days] == [None, "WHS", "WHS", "OPS", "OPS", None]


def test_the_kind_follows_from_the_teams(log):
    steps = [(None, "WHS"), ("WHS", "OPS"), ("OPS", "WHS"), ("WHS", "CHK"), ("CHK", "OPS"), ("OPS", None)]
    kinds = [log.move(*step, f"2026-0{month}-01").kind for month, step in enumerate(steps, start=1)]
    assert kinds == [
        MoveKind.JOIN, MoveKind.ROTATE_IN, MoveKind.RETURN, MoveKind.ROTATE_OUT, MoveKind.ROTATE_IN, MoveKind.LEAVE,
    ]  # fmt: skip


def test_a_chosen_kind_has_to_fit_the_teams(log):
    log.move(None, "WHS", "2026-01-05")
    with pytest.raises(InvalidError, match="Hypercare leads to an ops or SRE team"):
        log.move("WHS", "CHK", "2026-02-01", kind=MoveKind.HYPERCARE)
    with pytest.raises(InvalidError, match="names the move it corrects"):
        log.move("WHS", "CHK", "2026-02-01", kind=MoveKind.CORRECTION)
    assert log.move("WHS", "OPS", "2026-02-01", kind=MoveKind.HYPERCARE).kind is MoveKind.HYPERCARE


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (("CHK", "WHS", "2026-11-01"), "Lena Vogt is in OPS since 28 September 2026 (move 2), not in CHK."),
        ((None, "WHS", "2026-11-01"), "Lena Vogt is in OPS since 28 September 2026 (move 2), not outside all teams."),
        (("OPS", "OPS", "2026-11-01"), "starts and ends in the same place, OPS"),
        (("CHK", "WHS", "2025-11-01"), "Lena Vogt is in no team yet on 1 November 2025, so not in CHK."),
        (("OPS", "CHK", "2026-09-28"), "already moves on 28 September 2026: WHS to OPS (move 2). Correct that move"),
        # In the past, where a later move would no longer fit.
        (
            ("WHS", "CHK", "2026-05-01"),
            "Move 2 takes Lena Vogt from WHS to OPS on 28 September 2026. It would no longer",
        ),
        ((None, "CHK", "2025-11-01"), "Lena Vogt would be in CHK by then. Take move 1 out first"),
    ],
)
def test_a_move_that_contradicts_the_log_is_refused_with_where_the_person_is(log, step, message):
    log.move(None, "WHS", "2026-01-05")
    log.move("WHS", "OPS", "2026-09-28")
    with pytest.raises(ContradictingMoveError) as refusal:
        log.move(*step)
    assert message in str(refusal.value)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Move)) == 2


def test_a_move_in_the_past_goes_in_where_everything_later_still_fits(log):
    log.move(None, "WHS", "2026-01-05")
    log.move("WHS", "OPS", "2026-09-28")
    log.move("OPS", None, "2026-10-12")
    with pytest.raises(ContradictingMoveError):
        log.move(None, "CHK", "2025-01-01")
    log.move(None, "CHK", "2026-11-01")
    assert [code_on(log, day) for day in ("2026-10-11", "2026-10-12", "2026-11-01")] == ["OPS", None, "CHK"]


def test_nobody_moves_to_a_retired_team(log):
    log.move(None, "WHS", "2026-01-05")
    retire_team(log.teams["CHK"], by=log.by, now=log.now)
    with pytest.raises(InactiveTeamError, match=r"Team CHK .CHK. is retired"):
        log.move("WHS", "CHK", "2026-02-01")


def test_a_correction_stands_in_the_place_of_what_it_names(log):
    log.move(None, "WHS", "2026-01-05")
    wrong = log.move("WHS", "OPS", "2026-09-28")
    correction = correct(log, wrong, log.draft("WHS", "CHK", "2026-10-05"))
    assert correction.kind is MoveKind.CORRECTION
    assert correction.corrects is wrong
    assert [code_on(log, day) for day in ("2026-09-28", "2026-10-05")] == ["WHS", "CHK"]


def test_a_correction_without_teams_takes_the_move_out(log):
    log.move(None, "WHS", "2026-01-05")
    correct(log, log.move("WHS", "OPS", "2026-09-28"), None)
    assert code_on(log, "2026-12-01") == "WHS"


def test_a_correction_can_be_corrected_but_no_move_twice(log):
    log.move(None, "WHS", "2026-01-05")
    wrong = log.move("WHS", "OPS", "2026-09-28")
    first = correct(log, wrong, None)
    with pytest.raises(AlreadyCorrectedError, match=r"Priya Raman corrected move 2 on 19 November 2026 with move 3"):
        correct(log, wrong, None)
    correct(log, first, log.draft("WHS", "CHK", "2026-10-01"))
    assert code_on(log, "2026-12-01") == "CHK"


def test_a_correction_needs_a_reason_and_a_change(log):
    joined = log.move(None, "WHS", "2026-01-05")
    with pytest.raises(InvalidError, match="Say why move 1 was wrong"):
        correct(log, joined, None, reason="  ")
    with pytest.raises(InvalidError, match="Move 1 already says that"):
        correct(log, joined, log.draft(None, "WHS", "2026-01-05"))


def test_a_correction_after_which_a_later_move_no_longer_fits_is_refused(log):
    joined = log.move(None, "WHS", "2026-01-05")
    log.move("WHS", "OPS", "2026-09-28")
    with pytest.raises(ContradictingMoveError, match="Move 2 takes Lena Vogt from WHS to OPS on 28 September 2026"):
        correct(log, joined, log.draft(None, "CHK", "2026-01-05"))
    with pytest.raises(ContradictingMoveError, match="would be outside all teams by then"):
        correct(log, joined, None)


def test_a_manager_approves_a_move_once(log, now):
    move = log.move(None, "WHS", "2026-01-05")
    approve_move(move, by=log.by, now=now)
    with pytest.raises(AlreadyApprovedError, match="You approved move 1 on 19 November 2026"):
        approve_move(move, by=log.by, now=now)
    approve_move(move, by=a_manager(now, "Ruben Claes"), now=now)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MoveApproval)) == 2


def test_a_corrected_move_is_not_approved(log, now):
    log.move(None, "WHS", "2026-01-05")
    wrong = log.move("WHS", "OPS", "2026-09-28")
    correct(log, wrong, None)
    with pytest.raises(AlreadyCorrectedError, match="That one counts now"):
        approve_move(wrong, by=log.by, now=now)


def test_every_step_is_on_record(log, now):
    move = log.move(None, "WHS", "2026-01-05")
    approve_move(move, by=log.by, now=now)
    correct(log, move, None)
    tags = db.session.scalars(sa.select(AuditEntry.tag).where(AuditEntry.subject_kind == "move")).all()
    assert tags == ["move:logged", "move:approved", "move:corrected"]


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["moves", "move_approvals"])
def test_the_database_itself_refuses_to_change_the_log(log, now, table, statement):
    approve_move(log.move(None, "WHS", "2026-01-05"), by=log.by, now=now)
    db.session.flush()
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session.execute(sa.text(statement.format(table)))


def test_many_people_are_asked_for_in_one_query(log, now):
    others = [a_person(f"Person {number}", now) for number in range(30)]
    for other in others:
        log_move(other, log.draft(None, "CHK", "2026-01-05"), by=log.by, now=now)
    log.move(None, "OPS", "2026-01-05")
    db.session.flush()
    ids, team_id, day = [other.id for other in others], log.teams["CHK"].id, date(2026, 2, 1)
    statements = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    found = teams_on([*ids, log.person.id], day)
    assert len(statements) == 1
    members = people_on(team_id, day)
    assert len(statements) == 2
    assert {team.code for team in found.values()} == {"CHK", "OPS"}
    assert sorted(member.person_id for member in members) == sorted(ids)
    assert history_of(log.person.id).tours[0].team == log.teams["OPS"].id
