"""On any day everybody is where the log says, whatever was logged and corrected: random histories on a real database."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from gamebash.core.db import db
from gamebash.core.errors import InvalidError, NotAllowedError
from gamebash.rotation.checking import log_faults
from gamebash.rotation.consents import decline_move
from gamebash.rotation.membership import everyone_on, history_of, people_on, team_on, teams_on
from gamebash.rotation.models import Move
from gamebash.rotation.moves import (
    AlreadyCorrectedError,
    BegunMoveError,
    ContradictingMoveError,
    MoveDraft,
    cancel_move,
    correct_move,
    log_move,
)
from gamebash.rotation.swaps import Swap, log_swap
from tests.rotation.making import a_manager, a_person, some_teams

START = date(2026, 11, 8)
DAYS = 24
CODES = (None, "OPS", "CHK", "WHS")
places = st.sampled_from(CODES)
offsets = st.integers(0, DAYS - 1)
people = st.integers(0, 1)


def standing_of(moves):
    """Return each move that counts as (day, from, to), told from the log in another way than the application does."""
    place_of, facts = {}, {}
    for move in sorted(moves, key=lambda move: move.number):
        place = place_of[move.corrects_id] if move.corrects_id else move.id
        place_of[move.id] = place
        facts[place] = (move.effective_on, move.from_team_id, move.to_team_id)
    return [fact for fact in facts.values() if fact[1] or fact[2]]


def is_whole(facts):
    """Say whether the facts can be walked through from outside all teams, with a day between all of them."""
    team = None
    for position, (day, from_team, to_team) in enumerate(facts):
        if from_team != team or from_team == to_team or (position and facts[position - 1][0] == day):
            return False
        team = to_team
    return True


def place_on(facts, day):
    before = [to_team for on, _, to_team in facts if on <= day]
    return before[-1] if before else None


def sorted_facts(facts):
    return sorted(facts, key=lambda fact: (fact[0], fact[1] or 0, fact[2] or 0))


class Rotation(RuleBasedStateMachine):
    """Two people move about, and managers write some of it down wrong."""

    now = None

    def __init__(self):
        super().__init__()
        self.teams = some_teams(self.now)
        self.by = a_manager(self.now)
        self.people = [a_person(name, self.now) for name in ("Lena Vogt", "Noor Haddad")]

    def log_of(self, person):
        return db.session.scalars(sa.select(Move).where(Move.person_id == person.id)).all()

    @rule(who=people, from_code=places, to_code=places, offset=offsets)
    def log(self, who, from_code, to_code, offset):
        person, day = self.people[who], START + timedelta(days=offset)
        draft = MoveDraft(self.teams[from_code], self.teams[to_code], day)
        fact = (day, draft.from_team and draft.from_team.id, draft.to_team and draft.to_team.id)
        fits = is_whole(sorted_facts([*standing_of(self.log_of(person)), fact])) and from_code != to_code
        try:
            log_move(person, draft, by=self.by, now=self.now)
        except ContradictingMoveError as refusal:
            assert not fits
            message = str(refusal)
            assert person.name in message or "same place" in message
        else:
            assert fits

    @rule(who=people, to_code=places, offset=offsets)
    def log_from_where_they_are(self, who, to_code, offset):
        here = team_on(self.people[who].id, START + timedelta(days=offset))
        self.log(who, here and here.code, to_code, offset)

    @precondition(lambda self: any(self.log_of(person) for person in self.people))
    @rule(data=st.data(), is_void=st.booleans(), from_code=places, to_code=places, offset=offsets)
    def correct(self, data, is_void, from_code, to_code, offset):
        moves = sorted((move for one in self.people for move in self.log_of(one)), key=lambda move: move.number)
        move = moves[data.draw(st.integers(0, len(moves) - 1))]
        day = START + timedelta(days=offset)
        draft = None if is_void else MoveDraft(self.teams[from_code], self.teams[to_code], day)
        try:
            correct_move(move, draft, reason="Written down wrong", by=self.by, now=self.now)
        except AlreadyCorrectedError:
            assert any(other.corrects_id == move.id for other in moves)
        except ContradictingMoveError:
            assert not self._would_fit(move, draft)
        except InvalidError as refusal:
            message = str(refusal)
            assert "already says that" in message
        else:
            assert not any(other.corrects_id == move.id for other in moves)

    def _would_fit(self, move, draft):
        wrong = (move.effective_on, move.from_team_id, move.to_team_id)
        facts = standing_of(self.log_of(move.person))
        if wrong in facts:
            facts.remove(wrong)
        if draft and (draft.from_team or draft.to_team):
            from_id, to_id = (team.id if team else None for team in (draft.from_team, draft.to_team))
            facts.append((draft.effective_on, from_id, to_id))
        return is_whole(sorted_facts(facts))

    @precondition(lambda self: any(self.log_of(person) for person in self.people))
    @rule(data=st.data(), says_no=st.booleans())
    def cancel_or_decline(self, data, says_no):
        moves = sorted((move for one in self.people for move in self.log_of(one)), key=lambda move: move.number)
        move = moves[data.draw(st.integers(0, len(moves) - 1))]
        is_corrected = any(other.corrects_id == move.id for other in moves)
        try:
            if says_no:
                decline_move(move, reason="No", by=move.person, now=self.now)
            else:
                cancel_move(move, reason="Off", by=self.by, now=self.now)
        except AlreadyCorrectedError:
            assert is_corrected
        except BegunMoveError:
            assert move.effective_on <= self.now.date()
        except NotAllowedError:
            assert says_no
            assert not move.asks_consent
        else:
            assert not is_corrected
            place = place_on(sorted_facts(standing_of(self.log_of(move.person))), move.effective_on)
            assert place == place_on(
                sorted_facts(standing_of(self.log_of(move.person))), move.effective_on - timedelta(days=1)
            )

    @rule(offset=offsets)
    def swap(self, offset):
        day = START + timedelta(days=offset)
        before = [team_on(person.id, day - timedelta(days=1)) for person in self.people]
        try:
            with db.session.begin_nested():
                log_swap(Swap(*self.people, day), by=self.by, now=self.now)
        except InvalidError:
            assert None in before or before[0] == before[1]
        except ContradictingMoveError:
            assert [team_on(person.id, day - timedelta(days=1)) for person in self.people] == before
        else:
            assert [team_on(person.id, day) for person in self.people] == before[::-1]

    @invariant()
    def everybody_is_where_the_log_says(self):
        facts = {person.id: sorted_facts(standing_of(self.log_of(person))) for person in self.people}
        assert all(is_whole(each) for each in facts.values())
        for day in (START + timedelta(days=offset) for offset in range(-1, DAYS + 1, 5)):
            expected = {person_id: place_on(each, day) for person_id, each in facts.items()}
            found = teams_on(list(expected), day)
            assert {who: found[who].id if who in found else None for who in expected} == expected
            assert {member.person_id: member.team.id for member in everyone_on(day)} == {
                who: team for who, team in expected.items() if team
            }
        for person in self.people:
            past = history_of(person.id)
            assert past.contradictions == ()
            assert [past.team_on(START + timedelta(days=offset)) for offset in range(DAYS)] == [
                place_on(facts[person.id], START + timedelta(days=offset)) for offset in range(DAYS)
            ]

    @invariant()
    def the_log_has_no_fault(self):
        assert list(log_faults()) == []

    @invariant()
    def a_team_has_those_who_are_in_it(self):
        day = START + timedelta(days=DAYS // 2)
        for team in filter(None, self.teams.values()):
            assert {member.person_id for member in people_on(team.id, day)} == {
                person.id for person in self.people if (here := team_on(person.id, day)) and here.id == team.id
            }

    def teardown(self):
        db.session.rollback()


@pytest.mark.slow
def test_on_any_day_everybody_is_where_the_log_says(context, now):
    Rotation.now = now
    run_state_machine_as_test(
        Rotation,
        settings=settings(max_examples=16, stateful_step_count=14, suppress_health_check=list(HealthCheck)),
    )
