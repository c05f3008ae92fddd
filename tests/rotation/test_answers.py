"""What managers and the people moved say to a move, what they are told, and what a refusal says."""

from datetime import date

import pytest
import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.errors import InvalidError, NotAllowedError
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.models import Notice
from gamebash.rotation.approvals import AlreadyApprovedError, approve_move
from gamebash.rotation.consents import (
    AlreadyAnsweredError,
    NotDeclinedError,
    agree_to_move,
    decline_move,
    give_word,
)
from gamebash.rotation.kinds import ConsentKind
from gamebash.rotation.membership import history_of, team_on
from gamebash.rotation.moves import (
    AlreadyCorrectedError,
    BegunMoveError,
    ContradictingMoveError,
    cancel_move,
    correct_move,
    log_move,
)
from gamebash.rotation.queries.log import get_row
from gamebash.rotation.standing import Facts, MoveState, Side, state_of
from gamebash.rotation.swaps import Swap, log_swap
from gamebash.rotation.teams import TeamDraft, create_team
from gamebash.rotation.telling import tell_of_moves_ahead
from tests.rotation.making import Log, Role, a_manager, a_person, some_teams

SWAP_DAY = "2026-12-07"


class Teams:
    """Lena in OPS, which Olga manages; Noor in CHK, which Karl manages; Priya manages no team."""

    def __init__(self, now):
        self.now = now
        self.teams = some_teams(now)
        self.priya = a_manager(now)
        self.olga, self.karl = a_manager(now, "Olga Stein"), a_manager(now, "Karl Brandt")
        self.lena, self.noor = a_person("Lena Vogt", now), a_person("Noor Haddad", now)
        Log(self.lena, self.teams, None, now).move(None, "OPS", "2026-01-05")
        Log(self.noor, self.teams, None, now).move(None, "CHK", "2026-01-05")
        self.teams["OPS"].managers, self.teams["CHK"].managers = [self.olga], [self.karl]

    def plan(self, person=None, from_code="OPS", to_code="CHK", day=SWAP_DAY, by=None):
        return Log(person or self.lena, self.teams, by or self.priya, self.now).move(from_code, to_code, day)

    def code(self, person, day=SWAP_DAY):
        team = team_on(person.id, date.fromisoformat(day))
        return team.code if team else None

    def told(self, person):
        query = sa.select(Notice.text).where(Notice.person_id == person.id, Notice.kind == NoticeKind.MOVE)
        query = query.order_by(Notice.id)
        return db.session.scalars(query).all()


@pytest.fixture
def world(context, now):
    return Teams(now)


def state(move):
    return get_row(move).state


@pytest.mark.parametrize(
    ("approved", "consent", "is_corrected", "expected"),
    [
        ("", None, False, MoveState.ASKED),
        ("g", None, False, MoveState.ASKED),
        ("gr", None, False, MoveState.APPROVED),
        ("", ConsentKind.AGREED, False, MoveState.AGREED),
        ("g", ConsentKind.WORD, False, MoveState.AGREED),
        ("gr", ConsentKind.AGREED, False, MoveState.STANDING),
        ("gr", ConsentKind.WORD, False, MoveState.STANDING),
        ("gr", ConsentKind.DECLINED, True, MoveState.DECLINED),
        ("gr", ConsentKind.AGREED, True, MoveState.CORRECTED),
        ("", None, True, MoveState.CORRECTED),
    ],
)
def test_where_a_move_stands_follows_from_its_rows(approved, consent, is_corrected, expected):
    sides = frozenset({Side.GIVING, Side.RECEIVING})
    said_yes = frozenset({side for side in sides if side[0] in approved})
    assert state_of(Facts(sides, said_yes, True, consent, is_corrected)) is expected


def test_a_planned_move_is_asked_agreed_approved_and_stands(world):
    move = world.plan()
    assert state(move) is MoveState.ASKED
    assert [(one.team.code, one.managers) for one in get_row(move).missing] == [
        ("OPS", ("Olga Stein",)),
        ("CHK", ("Karl Brandt",)),
    ]
    agree_to_move(move, by=world.lena, now=world.now)
    assert state(move) is MoveState.AGREED
    approve_move(move, by=world.olga, now=world.now)
    assert [one.team.code for one in get_row(move).missing] == ["CHK"]
    approve_move(move, by=world.karl, now=world.now)
    assert state(move) is MoveState.STANDING


def test_the_three_sides_are_told_when_they_are_asked(world):
    world.plan()
    asked = "Priya Raman plans to move you from OPS to CHK on 7 December 2026. Agree, or say why not."
    assert world.told(world.lena) == [asked]
    yes = "Lena Vogt is to go from OPS to CHK on 7 December 2026. Your yes is asked for."
    assert (world.told(world.olga), world.told(world.karl)) == ([yes], [yes])


def test_only_managers_of_the_two_teams_approve_where_there_are_any(world):
    move = world.plan()
    with pytest.raises(NotAllowedError, match="Move 3 needs the yes of Olga Stein or Karl Brandt"):
        approve_move(move, by=world.priya, now=world.now)
    to_whs = world.plan(world.noor, "CHK", "WHS")
    approve_move(to_whs, by=world.priya, now=world.now)
    assert [one.team.code for one in get_row(to_whs).missing] == ["CHK"]


def test_a_manager_of_both_teams_approves_once_for_both(world):
    world.teams["CHK"].managers = [world.karl, world.olga]
    move = world.plan()
    approve_move(move, by=world.olga, now=world.now)
    assert get_row(move).missing == ()
    with pytest.raises(AlreadyApprovedError):
        approve_move(move, by=world.olga, now=world.now)


def test_logging_a_move_is_the_yes_of_the_manager_who_logs_it(world):
    move = world.plan(by=world.olga)
    assert [one.team.code for one in get_row(move).missing] == ["CHK"]
    assert world.told(world.olga) == []


def test_a_manager_who_lost_the_role_or_left_is_not_waited_for(world):
    world.olga.role_rows = []
    world.karl.is_active = False
    assert [one.managers for one in get_row(world.plan()).missing] == [(), ()]


def test_only_the_person_moved_answers(world):
    move = world.plan()
    with pytest.raises(NotAllowedError, match="Only Lena Vogt can answer for themselves"):
        agree_to_move(move, by=world.noor, now=world.now)
    with pytest.raises(NotAllowedError, match="Nobody is asked about move 4"):
        agree_to_move(world.plan(world.noor, "CHK", None), by=world.noor, now=world.now)
    agree_to_move(move, by=world.lena, now=world.now)
    with pytest.raises(AlreadyAnsweredError, match="You agreed to move 3 on 19 November 2026"):
        agree_to_move(move, by=world.lena, now=world.now)


def test_nobody_is_asked_about_the_past_or_their_own_plan(world):
    assert not world.plan(day="2026-11-01").asks_consent
    world.noor.role_rows = [*a_manager(world.now, "Someone Else").role_rows]
    assert not world.plan(world.noor, "CHK", "WHS", by=world.noor).asks_consent


def test_a_declined_move_no_longer_counts_and_the_managers_of_both_teams_read_why(world):
    move = world.plan()
    decline_move(move, reason="My exams are in December", by=world.lena, now=world.now)
    assert state(move) is MoveState.DECLINED
    assert world.code(world.lena) == "OPS"
    said = "Lena Vogt declines to go from OPS to CHK on 7 December 2026"
    for manager in (world.olga, world.karl):
        assert world.told(manager)[-1] == f"{said}: “My exams are in December”"
    # Priya planned it, and manages neither team.
    assert world.told(world.priya)[-1] == f"{said}."
    with pytest.raises(AlreadyCorrectedError):
        approve_move(move, by=world.olga, now=world.now)


def test_a_reason_is_needed_to_decline_and_to_give_a_word(world):
    move = world.plan()
    with pytest.raises(InvalidError, match="Say why"):
        decline_move(move, reason=" ", by=world.lena, now=world.now)
    decline_move(move, reason="No", by=world.lena, now=world.now)
    with pytest.raises(InvalidError, match="The person moved reads it"):
        give_word(move, reason="", by=world.olga, now=world.now)


def test_a_declined_move_stands_by_a_managers_word_in_the_open(world):
    move = world.plan()
    decline_move(move, reason="No", by=world.lena, now=world.now)
    standing = give_word(move, reason="Nobody else knows checkout", by=world.olga, now=world.now)
    assert world.code(world.lena) == "CHK"
    assert get_row(standing).answer.kind is ConsentKind.WORD
    assert [one.team.code for one in get_row(standing).missing] == ["CHK"]
    assert "stands by the word of Olga Stein: “Nobody else knows checkout”" in world.told(world.lena)[-1]
    with pytest.raises(AlreadyAnsweredError, match="stands by a manager's word"):
        decline_move(standing, reason="Still no", by=world.lena, now=world.now)
    with pytest.raises(NotDeclinedError):
        give_word(move, reason="Again", by=world.olga, now=world.now)


def test_a_word_is_for_declined_moves_only(world):
    move = world.plan()
    with pytest.raises(NotDeclinedError):
        give_word(move, reason="Because", by=world.olga, now=world.now)
    cancel_move(move, reason="Not needed", by=world.olga, now=world.now)
    with pytest.raises(NotDeclinedError):
        give_word(move, reason="Because", by=world.olga, now=world.now)


def test_a_word_comes_too_late_where_the_log_moved_on(world):
    move = world.plan()
    decline_move(move, reason="No", by=world.lena, now=world.now)
    world.plan(to_code="WHS", day="2026-12-01")
    with pytest.raises(ContradictingMoveError, match="Lena Vogt is in WHS since 1 December 2026"):
        give_word(move, reason="Because", by=world.olga, now=world.now)


def test_cancelling_takes_out_what_builds_on_a_move(world):
    first, second = world.plan(), world.plan(from_code="CHK", to_code="OPS", day="2027-03-01")
    fallen = cancel_move(first, reason="The release moved", by=world.olga, now=world.now)
    assert [move.number for move in fallen] == [second.number, first.number]
    assert world.code(world.lena, "2027-06-01") == "OPS"
    assert history_of(world.lena.id).contradictions == ()
    assert "Cancelled: Lena Vogt does not go from OPS to CHK on 7 December 2026." in world.told(world.lena)
    with pytest.raises(AlreadyCorrectedError):
        cancel_move(first, reason="Again", by=world.olga, now=world.now)


def test_what_began_is_corrected_and_not_cancelled(world):
    move = world.plan(day="2026-11-19")
    with pytest.raises(BegunMoveError, match="Move 3 began on 19 November 2026, so it is history"):
        cancel_move(move, reason="No", by=world.olga, now=world.now)


def test_a_planned_move_that_is_corrected_asks_everybody_anew(world):
    move = world.plan()
    agree_to_move(move, by=world.lena, now=world.now)
    approve_move(move, by=world.karl, now=world.now)
    draft = Log(world.lena, world.teams, world.priya, world.now).draft("OPS", "CHK", "2026-12-14")
    later = correct_move(move, draft, reason="A week later", by=world.priya, now=world.now)
    assert state(later) is MoveState.ASKED
    assert "Changed: Lena Vogt goes from OPS to CHK on 14 December 2026, no longer" in world.told(world.lena)[-2]
    assert "plans to move you from OPS to CHK on 14 December 2026" in world.told(world.lena)[-1]


def swap(world, **changed):
    values = {"one": world.lena, "other": world.noor, "effective_on": date.fromisoformat(SWAP_DAY), **changed}
    return log_swap(Swap(**values), by=world.priya, now=world.now)


def test_a_swap_is_two_moves_or_none(world):
    one, other = swap(world)
    assert (world.code(world.lena), world.code(world.noor)) == ("CHK", "OPS")
    assert one.swap == other.swap is not None
    assert world.told(world.noor)[0].startswith("Priya Raman plans to move you from CHK to OPS")


def test_a_swap_that_does_not_fit_writes_nothing(world):
    world.plan(world.noor, "CHK", "WHS", day="2026-12-14")
    with pytest.raises(ContradictingMoveError), db.session.begin_nested():
        swap(world)
    assert (world.code(world.lena), world.code(world.noor)) == ("OPS", "CHK")


def test_a_swap_takes_two_people_of_two_teams(world, now):
    with pytest.raises(InvalidError, match="takes two people"):
        swap(world, other=world.lena)
    with pytest.raises(InvalidError, match="New Person is in no team before that day"):
        swap(world, other=a_person("New Person", now))
    mate = a_person("Ops Mate", now)
    log_move(mate, Log(mate, world.teams, None, now).draft(None, "OPS", "2026-02-02"), by=None, now=now)
    with pytest.raises(InvalidError, match="Lena Vogt and Ops Mate are both in OPS"):
        swap(world, other=mate)


def test_declining_or_cancelling_half_of_a_swap_takes_out_both(world):
    _, other = swap(world)
    decline_move(other, reason="No", by=world.noor, now=world.now)
    assert (world.code(world.lena), world.code(world.noor)) == ("OPS", "CHK")
    give_word(other, reason="It must be", by=world.karl, now=world.now)
    assert (world.code(world.lena), world.code(world.noor)) == ("CHK", "OPS")
    one, _ = swap(world, effective_on=date(2027, 2, 1))
    cancel_move(one, reason="Off", by=world.priya, now=world.now)
    assert (world.code(world.lena, "2027-03-01"), world.code(world.noor, "2027-03-01")) == ("CHK", "OPS")


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2026-11-20", "Lena Vogt moves from OPS to CHK tomorrow, on 20 November 2026."),
        ("2026-11-26", "Lena Vogt moves from OPS to CHK in a week, on 26 November 2026."),
        ("2026-12-17", "Lena Vogt moves from OPS to CHK in four weeks, on 17 December 2026."),
        ("2026-12-18", None),
    ],
)
def test_all_sides_are_told_ahead_once(world, day, told):
    world.plan(day=day)
    tell_of_moves_ahead(now=world.now)
    tell_of_moves_ahead(now=world.now)
    for manager in (world.olga, world.karl):
        assert world.told(manager)[1:] == ([told] if told else [])
    assert not tell_of_moves_ahead(now=world.now)


def test_a_cancelled_move_is_not_told_of_any_more(world):
    cancel_move(world.plan(), reason="Off", by=world.priya, now=world.now)
    before = world.told(world.lena)
    tell_of_moves_ahead(now=world.now)
    assert world.told(world.lena) == before


def test_managers_of_a_team_hold_the_role_and_limits_make_sense(world, now):
    from_draft = {"code": "EDI", "name": "Exchange", "kind": "scrum", "crest": "ring"}
    with pytest.raises(InvalidError, match="Lena Vogt is no manager by role"):
        create_team(TeamDraft(**from_draft, managers=(world.lena,)), by=None, now=now)
    with pytest.raises(InvalidError, match="at least 12 and at most 4 weeks"):
        create_team(TeamDraft(**from_draft, min_weeks=12, max_weeks=4), by=None, now=now)
    assert Role.MANAGER in world.olga.roles
