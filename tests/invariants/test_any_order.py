"""Whatever people do in whatever order, with time moving, every invariant holds.

A refusal is a normal answer; anything else that is raised, or a finding of ``verify``, fails. To add a verb, write a function
``<name>(play)`` below and name it in ``VERBS``.
"""

import random
from datetime import timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gamebash.ceremony.closing import close_event, judge_event
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.players import join_event, leave_event
from gamebash.events.rules import Rules
from gamebash.events.squads import create_squad, join_squad
from gamebash.people.models import Person
from gamebash.play.breaks import BreakReason, begin_break, end_break, sweep_breaks
from gamebash.play.checks import decide_check, sweep_checks
from gamebash.play.claims import claim_story, extend_lease, release_claim
from gamebash.play.fixes import submit_fix
from gamebash.play.models import Claim, Fix, Review, SpotCheck
from gamebash.play.pauses import extend_event, pause_event, resume_event
from gamebash.play.reviewers import assign_reviewer, sweep_reviews
from gamebash.play.reviews import accept_fix, appeal_send_back, send_back_fix, waive_knowing
from gamebash.play.talks import open_claiming
from gamebash.points.ledger import award_points, correct_entry
from gamebash.points.models import PointEntry
from gamebash.rescoring.choosing import Choice
from gamebash.rescoring.plan import Deed
from gamebash.rescoring.rescores import apply_rescore, preview_rescore
from gamebash.stories.grades import Grade
from gamebash.verify import verify
from tests.factories import NOW, make_event, make_person, make_player, make_problem, make_service, make_story, make_team
from tests.play.test_game import draft

STORIES, PLAYERS, STEPS = 6, 6, 70


class Play:
    """One event, whoever plays it, and the chances of a step; every step is a transaction of its own."""

    def __init__(self, seed):
        self.chance, self.now = random.Random(seed), NOW
        with unit_of_work():
            teams = [make_team(code) for code in ("CHK", "PAY")]
            service, problem = make_service("checkout-api", teams[0]), make_problem()
            stories = [
                make_story(service=service, grade=Grade.BLUE if one % 2 else Grade.YELLOW) for one in range(STORIES)
            ]
            stories[0].problem_id = problem.id
            rules = Rules(
                spot_check_share=1.0, send_back_limit=2, lapse_limit=2, claims_at_once=2,
                reviews_needed=self.chance.randint(1, 2), lease_minutes=20, review_lease_minutes=10,
            )  # fmt: skip
            event = make_event(
                stories=stories, rules=rules, starts_at=NOW - timedelta(hours=1), went_live_at=NOW - timedelta(hours=1),
                ends_at=NOW + timedelta(hours=4), reviews_end_at=NOW + timedelta(hours=5),
            )  # fmt: skip
            self.event_id = event.id
            self.player_ids = [make_player(event, team=teams[one % 2]).id for one in range(PLAYERS)]
            self.organiser_id = make_person("Aisha Bello", "organiser").id

    @property
    def event(self):
        return db.session.get_one(Event, self.event_id)

    @property
    def organiser(self):
        return db.session.get_one(Person, self.organiser_id)

    def player(self):
        return db.session.get_one(Player, self.chance.choice(self.player_ids))

    def some(self, model, *conditions):
        """Return one of the rows, if there is any."""
        query = sa.select(model).where(*conditions).order_by(model.id if hasattr(model, "id") else model.seq)
        rows = list(db.session.scalars(query))
        return self.chance.choice(rows) if rows else None

    def fix(self):
        return self.some(Fix, Fix.event_id == self.event_id)

    def yes(self):
        return self.chance.random() < 1 / 2


def time_passes(play):
    play.now += timedelta(minutes=play.chance.randint(1, 20))


def claim(play):
    claim_story(play.some(EventStory, EventStory.event_id == play.event_id), by=play.player(), now=play.now)


def squash(play):
    """Claim, hand in and let everybody who was drawn accept: the way most stories go."""
    entry = play.some(EventStory, EventStory.event_id == play.event_id, EventStory.squashed_at.is_(None))
    if entry is None:
        return
    author = play.player()
    fix = submit_fix(claim_story(entry, by=author, now=play.now), draft(), by=author, now=play.now)
    play.now += timedelta(minutes=play.chance.randint(1, 9))
    for found in list(db.session.scalars(sa.select(Review).where(Review.fix_id == fix.id))):
        accept_fix(fix, by=found.player, now=play.now)


def extend(play):
    if found := play.some(Claim, Claim.event_id == play.event_id):
        extend_lease(found, by=found.player, now=play.now)


def release(play):
    if found := play.some(Claim, Claim.event_id == play.event_id, Claim.ended_at.is_(None)):
        release_claim(found, by=found.player, now=play.now)


def submit(play):
    if found := play.some(Claim, Claim.event_id == play.event_id, Claim.ended_at.is_(None)):
        helpers = (play.player().person.handle,) if play.yes() else ()
        said = draft(is_own_change=not play.chance.randrange(5), assists=helpers)
        submit_fix(found, said, by=found.player, now=play.now)


def review(play):
    found = play.some(Review, Review.fix.has(event_id=play.event_id), Review.verdict.is_(None))
    if found is None:
        return
    if play.chance.randrange(3):
        accept_fix(found.fix, by=found.player, now=play.now)
    else:
        send_back_fix(found.fix, reason="No test.", by=found.player, now=play.now)


def appeal(play):
    if found := play.fix():
        appeal_send_back(found, reason="There is one.", by=found.player, now=play.now)


def name_a_reviewer(play):
    if found := play.fix():
        assign_reviewer(found, play.player(), reason="Nobody is free.", by=play.organiser, now=play.now)


def waive(play):
    if found := play.fix():
        waive_knowing(found, reason="She is ill.", by=play.organiser, now=play.now)


def check(play):
    if found := play.some(SpotCheck, SpotCheck.fix.has(event_id=play.event_id)):
        decide_check(found.fix, holds=play.yes(), reason="Seen.", by=found.player, now=play.now)


def sweep(play):
    sweep_breaks(now=play.now)
    sweep_reviews(now=play.now)
    sweep_checks(now=play.now)


def talk(play):
    open_claiming(play.player(), reason="We talked.", by=play.organiser, now=play.now)


def pause(play):
    pause_event(play.event, by=play.organiser, now=play.now)


def resume(play):
    resume_event(play.event, by=play.organiser, now=play.now)


def make_it_longer(play):
    extend_event(play.event, 15, by=play.organiser, now=play.now)


def take_a_break(play):
    why = BreakReason("sev1", passes_reviews=play.yes())
    begin_break(play.event, [play.player()], why, by=play.organiser, now=play.now)


def come_back(play):
    end_break(play.event, play.player(), by=play.organiser, now=play.now)


def leave(play):
    leave_event(play.event, play.player().person, now=play.now)


def join(play):
    join_event(play.event, play.player().person, now=play.now)


def squad_up(play):
    name = f"Squad {play.chance.randint(1, 2)}"
    person = play.player().person
    try:
        with db.session.begin_nested():
            create_squad(play.event, name, captain=person, now=play.now)
    except DomainError:
        join_squad(play.event, name, person=person, now=play.now)


def award(play):
    award_points(play.player(), 2, reason="Kind.", by=play.organiser, now=play.now)


def correct(play):
    if found := play.some(PointEntry, PointEntry.event_id == play.event_id):
        correct_entry(found, reason="Wrong.", by=play.organiser, now=play.now)


def rescore(play):
    found = play.fix()
    if found is None:
        return
    deed = play.chance.choice(list(Deed))
    choice = Choice(deed, story=found.story.key, to=play.player().person.handle, reason="Found later.")
    seen = preview_rescore(play.event, choice).seq
    apply_rescore(play.event, choice, seen_seq=seen, by=play.organiser, now=play.now)


VERBS = (
    *(time_passes,) * 4, *(squash,) * 4, *(claim,) * 4, *(submit,) * 5, *(review,) * 6, *(check,) * 3, *(resume,) * 2,
    *(come_back,) * 2, *(join,) * 2, *(talk,) * 2, extend, release, appeal, appeal, name_a_reviewer, waive, sweep, sweep, pause,
    make_it_longer, take_a_break, leave, squad_up, award, correct, rescore,
)  # fmt: skip


def play_through(play):
    """Do so many steps, then end the day, close it, and correct something after that."""
    steps = play.chance.choices(VERBS, k=STEPS)
    for step in steps:
        attempt(step, play)
    attempt(resume, play)
    play.now = max(play.now, play.event.reviews_end_at) + timedelta(minutes=1)
    db.session.rollback()
    attempt(lambda one: judge_event(one.event, by=one.organiser, now=one.now), play)
    attempt(lambda one: close_event(one.event, by=one.organiser, now=one.now, reason="Late."), play)
    for step in (check, rescore, correct):
        attempt(step, play)


def attempt(step, play):
    try:
        with unit_of_work():
            step(play)
    except DomainError:
        db.session.rollback()


def test_any_order_keeps_every_invariant(app, database):
    examples = 20 if database.startswith("sqlite") else 8

    @settings(
        max_examples=examples, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip
    @given(st.integers(0, 2**32))
    def any_order(seed):
        with app.app_context():
            play_through(Play(seed))
            assert verify() == []
            db.session.remove()

    any_order()
