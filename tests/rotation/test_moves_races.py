"""Several managers at the same instant: one entry and one clear refusal, on both databases."""

import threading
from datetime import date

import pytest
import sqlalchemy as sa

from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError
from gamebash.people.models import Person
from gamebash.rotation import chain
from gamebash.rotation.approvals import AlreadyApprovedError, approve_move
from gamebash.rotation.consents import decline_move
from gamebash.rotation.membership import history_of
from gamebash.rotation.models import Move, MoveApproval, Team
from gamebash.rotation.moves import (
    AlreadyCorrectedError,
    ContradictingMoveError,
    InactiveTeamError,
    MoveDraft,
    cancel_move,
    correct_move,
    log_move,
)
from gamebash.rotation.swaps import Swap, log_swap
from gamebash.rotation.teams import StaffedTeamError, retire_team
from tests.rotation.making import Log, a_manager, a_person, some_teams

HANDS = 8
SWAP_DAY = date(2026, 12, 7)


def by_code(code):
    return db.session.scalars(sa.select(Team).where(Team.code == code)).one()


def by_handle(handle):
    return db.session.scalars(sa.select(Person).where(Person.handle == handle)).one()


@pytest.fixture
def at_once(app):
    """Run actions in as many threads, each in a transaction of its own; return what they returned or were refused."""

    def run(*actions):
        barrier, found = threading.Barrier(len(actions)), [None] * len(actions)

        def press(position, action):
            with app.app_context():
                barrier.wait()
                try:
                    with unit_of_work():
                        action()
                    found[position] = "done"
                except DomainError as refusal:
                    found[position] = refusal
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=press, args=each) for each in enumerate(actions)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    return run


@pytest.fixture
def lena(work, now):
    with work():
        log = Log(a_person("Lena Vogt", now), some_teams(now), a_manager(now), now)
        log.move(None, "OPS", "2026-01-05")
        log.move("OPS", "WHS", "2026-09-28")
    return log


def split(found, refused):
    assert [each for each in found if each != "done" and not isinstance(each, refused)] == []
    return found.count("done"), [str(each) for each in found if each != "done"]


def test_of_many_contradicting_moves_one_goes_in(lena, at_once, now):
    def move(code, day):
        def press():
            draft = MoveDraft(by_code("WHS"), by_code(code), date(2026, 12, day))
            log_move(by_handle("lena-vogt"), draft, by=by_handle("priya-raman"), now=now)

        return press

    done, refusals = split(
        at_once(*(move(("CHK", "OPS")[turn % 2], turn + 1) for turn in range(HANDS))), ContradictingMoveError
    )
    assert done == 1
    assert len(refusals) == HANDS - 1
    assert all("Lena Vogt" in refusal for refusal in refusals)
    assert history_of(lena.person.id).contradictions == ()
    assert len(history_of(lena.person.id).tours) == 3


def test_the_first_move_of_a_person_is_guarded_too(work, at_once, now):
    with work():
        some_teams(now)
        a_person("Noor Haddad", now)

    def join():
        log_move(by_handle("noor-haddad"), MoveDraft(None, by_code("CHK"), SWAP_DAY), by=None, now=now)

    done, _ = split(at_once(*[join] * HANDS), ContradictingMoveError)
    assert done == 1


def test_of_many_corrections_of_one_move_one_goes_in(lena, at_once, now):
    def correct():
        move = db.session.scalars(sa.select(Move).where(Move.number == 2)).one()
        correct_move(move, None, reason="Never happened", by=by_handle("priya-raman"), now=now)

    done, refusals = split(at_once(*[correct] * HANDS), AlreadyCorrectedError)
    assert done == 1
    assert all("Priya Raman corrected move 2" in refusal for refusal in refusals)


def test_one_manager_approves_once_however_often_the_button_is_pressed(lena, at_once, now):
    def approve():
        move = db.session.scalars(sa.select(Move).where(Move.number == 2)).one()
        approve_move(move, by=by_handle("priya-raman"), now=now)

    done, _ = split(at_once(*[approve] * HANDS), AlreadyApprovedError)
    assert done == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MoveApproval)) == 1


def test_a_team_is_not_retired_while_somebody_is_moved_there(lena, at_once, now):
    def retire():
        retire_team(by_code("CHK"), by=None, now=now)

    def move():
        log_move(by_handle("lena-vogt"), MoveDraft(by_code("WHS"), by_code("CHK"), SWAP_DAY), by=None, now=now)

    done, _ = split(at_once(retire, move), (InactiveTeamError, StaffedTeamError))
    assert done == 1


def test_two_managers_approve_at_once_and_both_count(lena, work, at_once, now):
    with work():
        a_manager(now, "Ruben Claes")

    def approve(handle):
        def press():
            move = db.session.scalars(sa.select(Move).where(Move.number == 2)).one()
            approve_move(move, by=by_handle(handle), now=now)

        return press

    assert at_once(approve("priya-raman"), approve("ruben-claes")) == ["done", "done"]
    assert list(chain.breaks()) == []


def test_a_move_is_declined_or_agreed_to_and_cancelled_or_corrected_only_once(lena, work, at_once, now):
    with work():
        log_move(by_handle("lena-vogt"), MoveDraft(by_code("WHS"), by_code("CHK"), SWAP_DAY), by=None, now=now)

    def planned():
        return db.session.scalars(sa.select(Move).where(Move.number == 3)).one()

    def decline():
        decline_move(planned(), reason="No", by=by_handle("lena-vogt"), now=now)

    def cancel():
        cancel_move(planned(), reason="Off", by=by_handle("priya-raman"), now=now)

    def correct():
        draft = MoveDraft(by_code("WHS"), by_code("CHK"), date(2026, 12, 14))
        correct_move(planned(), draft, reason="Later", by=by_handle("priya-raman"), now=now)

    done, _ = split(at_once(decline, cancel, correct, decline, cancel, correct), AlreadyCorrectedError)
    assert done == 1
    assert list(chain.breaks()) == []
    assert history_of(lena.person.id).contradictions == ()


def test_of_many_swaps_of_one_person_one_goes_in_whole(lena, work, at_once, now):
    with work():
        for name in ("Noor Haddad", "Sam Okafor"):
            log_move(a_person(name, now), MoveDraft(None, by_code("CHK"), date(2026, 1, 5)), by=None, now=now)

    def swap(handle):
        def press():
            log_swap(Swap(by_handle("lena-vogt"), by_handle(handle), SWAP_DAY), by=None, now=now)

        return press

    presses = [swap(handle) for handle in ("noor-haddad", "sam-okafor")] * 3
    done, _ = split(at_once(*presses), ContradictingMoveError)
    assert done == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Move).where(Move.swap.is_not(None))) == 2
    assert list(chain.breaks()) == []
