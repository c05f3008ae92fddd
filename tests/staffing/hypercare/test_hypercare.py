"""From a release to its end: builders are asked and say yes, teach, and go when the evidence is there; never without end."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.backlog.severity import Severity
from gamebash.core.db import db
from gamebash.core.errors import InvalidError, NotAllowedError, NotFoundError
from gamebash.people.models import Person
from gamebash.privacy.erasing import make_anonymous
from gamebash.rotation.membership import team_on
from gamebash.staffing.hypercare.ending import (
    MissingEvidenceError,
    NotYetDueError,
    end_hypercare,
    exit_hypercare,
    link_runbook,
    prolong_hypercare,
)
from gamebash.staffing.hypercare.kinds import DecisionKind, SeatState
from gamebash.staffing.hypercare.models import (
    Hypercare,
    HypercareDecision,
    L3Seat,
    Release,
    ReleaseAuthor,
    TeachConfirmation,
    TeachEntry,
)
from gamebash.staffing.hypercare.queries.evidence import evidence_of
from gamebash.staffing.hypercare.queries.pages import own_duties
from gamebash.staffing.hypercare.queries.seats import duties_between, duty_hours
from gamebash.staffing.hypercare.releases import KnownReleaseError, Registrar, ReleaseDraft, register_release
from gamebash.staffing.hypercare.running import EndedHypercareError
from gamebash.staffing.hypercare.seats import (
    AlreadyAskedError,
    AnsweredSeatError,
    accept_seat,
    ask_person,
    decline_seat,
    let_go_who_left,
    step_back,
)
from gamebash.staffing.hypercare.teaching import AlreadyConfirmedError, Lesson, confirm_lesson, log_lesson
from gamebash.staffing.hypercare.telling import ask_for_decisions
from gamebash.staffing.knowledge import Ground
from gamebash.staffing.queries.eligibility import eligibility_page
from gamebash.staffing.queries.facts import known_on
from gamebash.staffing.rulebook import HypercareRule, RuleKind
from gamebash.staffing.rules import set_rule
from tests.rotation.test_moves_races import at_once as at_once
from tests.rotation.test_moves_races import by_handle, split
from tests.staffing.hypercare.making import Launch, texts_for
from tests.staffing.making import TODAY, ago

HANDS = 6


@pytest.fixture
def launch(work):
    """Checkout 2.0 went out today; Lena wrote it, Noor is in CHK too, Olga and Omar keep it up, Priya manages."""
    with work():
        made = Launch()
        made.release("2.0", "lena")
    return made


def seats(hypercare):
    query = sa.select(Person.name, L3Seat).join(L3Seat.person).where(L3Seat.hypercare_id == hypercare.id)
    return dict(tuple(row) for row in db.session.execute(query.order_by(L3Seat.id)))


def test_who_wrote_it_is_asked_first_then_who_is_in_the_team_that_built_it(launch, work):
    asked = seats(launch.hypercare)
    assert {name: seat.state for name, seat in asked.items()} == {"Lena": SeatState.ASKED, "Noor": SeatState.ASKED}
    assert asked["Lena"].reasons == ["wrote changes in 2.0", "is in CHK, which built it"]
    assert texts_for(launch.lena)[0].startswith("checkout-api went out. Will you stay as L3")
    assert "You wrote changes in 2.0." in texts_for(launch.lena)[0]
    assert duties_between(TODAY, TODAY + timedelta(days=1), today=TODAY) == ()


def test_nobody_is_l3_without_having_said_yes_and_saying_yes_moves_nobody(launch, work):
    hypercare, now = launch.hypercare, launch.now
    with pytest.raises(NotAllowedError, match="You were not asked"):
        accept_seat(hypercare, by=launch.olga, now=now)
    with work():
        accept_seat(hypercare, by=launch.lena, now=now)
    with pytest.raises(AnsweredSeatError, match="You said yes on"):
        accept_seat(hypercare, by=launch.lena, now=now)
    assert team_on(launch.lena.id, TODAY).code == "CHK"
    assert own_duties(launch.lena).standing == ((1, "checkout-api", TODAY + timedelta(days=14)),)
    assert own_duties(launch.noor).asked == ((1, "checkout-api"),)


def test_a_no_needs_no_reason_and_the_next_is_asked(launch, work):
    with work():
        launch.join("Sam", launch.chk, 50)
        decline_seat(launch.hypercare, by=launch.lena, now=launch.now)
    assert [seat.state for seat in seats(launch.hypercare).values()] == [
        SeatState.DECLINED, SeatState.ASKED, SeatState.ASKED,
    ]  # fmt: skip
    assert "Sam" in seats(launch.hypercare)
    with pytest.raises(AnsweredSeatError, match="You said no on"):
        decline_seat(launch.hypercare, by=launch.lena, now=launch.now)
    with work():
        assert accept_seat(launch.hypercare, by=launch.lena, now=launch.now).state is SeatState.ACCEPTED


def test_where_nobody_is_left_managers_hear_of_it(work):
    with work():
        made = Launch()
        made.people["Lena"].is_active = made.people["Noor"].is_active = False
        made.release("2.0", "lena")
    assert seats(made.hypercare) == {}
    assert "Nobody is left" in texts_for(made.priya)[0]


def test_who_steps_back_keeps_the_days_so_far(launch, work):
    with work():
        accept_seat(launch.hypercare, by=launch.lena, now=launch.now)
    later = launch.now + timedelta(days=3)
    with work():
        step_back(launch.hypercare, by=launch.lena, now=later)
    (duty,) = duties_between(TODAY, TODAY + timedelta(days=30), today=later.date())
    assert (duty.from_on, duty.until_on, duty.is_over) == (TODAY, TODAY + timedelta(days=3), True)
    for act in (step_back, accept_seat):
        with pytest.raises(AnsweredSeatError, match="You stepped back on"):
            act(launch.hypercare, by=launch.lena, now=later)
    with pytest.raises(NotAllowedError, match="You are not L3"):
        step_back(launch.hypercare, by=launch.noor, now=later)


def test_who_left_is_let_go_and_the_next_is_asked(launch, work):
    with work():
        accept_seat(launch.hypercare, by=launch.lena, now=launch.now)
        launch.join("Sam", launch.chk, 50)
        launch.join("Ida", launch.chk, 40)
        launch.lena.is_active = launch.noor.is_active = False
    later = launch.now + timedelta(days=2)
    with work():
        assert let_go_who_left(now=later)
        assert not let_go_who_left(now=later)
    found = seats(launch.hypercare)
    assert (found["Lena"].state, found["Lena"].until_on) == (SeatState.ACCEPTED, later.date())
    assert found["Noor"].state is SeatState.DECLINED
    assert (found["Sam"].state, found["Ida"].state) == (SeatState.ASKED, SeatState.ASKED)


def test_a_confirmed_lesson_counts_towards_leaving_ops_for_who_gave_it(launch, work):
    with work():
        ask_person(launch.hypercare, launch.omar, by=launch.priya, now=launch.now)
        accept_seat(launch.hypercare, by=launch.omar, now=launch.now)
        lesson = Lesson(launch.olga, "x", TODAY)
        entry = log_lesson(launch.hypercare, lesson, by=launch.omar, now=launch.now)
    given = []
    for _ in range(2):
        rows = eligibility_page(launch.priya, today=TODAY, can_set=True).rows
        given.append({row.member.name: row.eligibility.criteria[2].have for row in rows})
        with work():
            if len(given) == 1:
                confirm_lesson(launch.hypercare, entry.id, by=launch.olga, now=launch.now)
    assert [one["Omar"] for one in given] == ["0", "1"]
    assert given[1]["Olga"] == "0"


def test_a_leavers_name_goes_out_of_lessons_and_reasons_and_authors(work):
    with work():
        made = Launch()
        made.release("2.0", "lena", "Lena", "Lena@example.org", "lena@elsewhere.example")
        accept_seat(made.hypercare, by=made.noor, now=made.now)
        lesson = Lesson(made.olga, "What Lena built", TODAY)
        log_lesson(made.hypercare, lesson, by=made.noor, now=made.now)
        end_hypercare(made.hypercare, reason="Lena leaves", by=made.priya, now=made.now)
        made.lena.is_active = False
        made.lena.name = "Lena Quastenflosser"
    with work():
        make_anonymous(made.lena, extra=("Lena",), by=made.priya, now=made.now)
    texts = [
        *db.session.scalars(sa.select(TeachEntry.what)), *db.session.scalars(sa.select(HypercareDecision.reason)),
        *db.session.scalars(sa.select(ReleaseAuthor.given)),
    ]  # fmt: skip
    assert texts[:2] == ["What Former player 1 built", "Former player 1 leaves"]
    assert not [text for text in texts if "Lena" in text]


def test_somebody_is_asked_by_hand_once(launch, work):
    sam = launch.join("Sam", launch.whs, 50)
    with work():
        ask_person(launch.hypercare, sam, by=launch.priya, now=launch.now)
        accept_seat(launch.hypercare, by=sam, now=launch.now)
    assert "Sam stays as L3 for checkout-api." in texts_for(launch.priya)
    with pytest.raises(AlreadyAskedError, match=r"Sam was asked on .*said yes"):
        ask_person(launch.hypercare, sam, by=launch.priya, now=launch.now)
    launch.people["Sam"].is_active = False
    gone = launch.person("Gone")
    gone.is_active = False
    with pytest.raises(InvalidError, match="not here any more"):
        ask_person(launch.hypercare, gone, by=launch.priya, now=launch.now)


def test_a_version_is_registered_once_and_a_further_one_joins_the_hypercare_that_runs(launch, work):
    with pytest.raises(KnownReleaseError, match=r"checkout-api 2\.0 was registered by Priya"):
        launch.release("2.0")
    launch.now += timedelta(days=5)
    with work():
        further = launch.release(" 2.1 ", "noor", "Noor@Example.org", "who?")
    assert further.hypercare.number == 1
    assert further.hypercare.expected_on == TODAY + timedelta(days=19)
    assert [(one.given, one.person_id) for one in further.authors] == [("noor", launch.noor.id), ("who?", None)]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Hypercare)) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"version": " "}, "Say which version"),
        ({"deployed_at": timedelta(hours=1)}, "lies ahead"),
        ({"authors": ("x",) * 201}, "up to 200 authors"),
    ],
)
def test_a_release_that_makes_no_sense_is_refused(launch, changes, words):
    if "deployed_at" in changes:
        changes = {"deployed_at": launch.now + changes["deployed_at"]}
    draft = ReleaseDraft(**{"service": launch.checkout, "version": "3", "deployed_at": launch.now, **changes})
    with pytest.raises(InvalidError, match=words):
        register_release(draft, Registrar(by=launch.priya), now=launch.now)


def test_an_old_release_or_one_that_asks_nobody_begins_none(launch, work):
    with work():
        for service, version, days, asks in ((launch.labels, "1", 60, True), (launch.labels, "2", 0, False)):
            draft = ReleaseDraft(service, version, launch.now - timedelta(days=days), asks=asks)
            assert register_release(draft, Registrar(by=launch.priya), now=launch.now).hypercare is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Release)) == 3


def test_a_lesson_is_written_by_the_l3_and_counts_once_its_learner_confirmed_it(launch, work):
    hypercare, now = launch.hypercare, launch.now
    lesson = Lesson(launch.olga, "How to replay a payment", TODAY)
    with pytest.raises(NotAllowedError, match="Only who is L3"):
        log_lesson(hypercare, lesson, by=launch.lena, now=now)
    with work():
        accept_seat(hypercare, by=launch.lena, now=now)
        for faulty, words in (
            (Lesson(launch.olga, " ", TODAY), "in up to 300"),
            (Lesson(launch.olga, "x", ago(1)), "Choose a day from"),
            (Lesson(launch.olga, "x", TODAY + timedelta(days=1)), "Choose a day from"),
            (Lesson(launch.noor, "x", TODAY), "ops or SRE"),
            (Lesson(launch.lena, "x", TODAY), "ops or SRE"),
        ):
            with pytest.raises(InvalidError, match=words):
                log_lesson(hypercare, faulty, by=launch.lena, now=now)
        entry = log_lesson(hypercare, lesson, by=launch.lena, now=now)
    assert own_duties(launch.olga).to_confirm == ((1, "Lena", "How to replay a payment"),)
    assert evidence_of(hypercare, today=TODAY)[-1].have == "0"
    for person in (launch.lena, launch.omar, launch.priya):
        with pytest.raises(NotAllowedError, match="Only Olga confirms"):
            confirm_lesson(hypercare, entry.id, by=person, now=now)
    with work():
        confirm_lesson(hypercare, entry.id, by=launch.olga, now=now)
    with pytest.raises(AlreadyConfirmedError):
        confirm_lesson(hypercare, entry.id, by=launch.olga, now=now)
    with pytest.raises(NotFoundError):
        confirm_lesson(hypercare, 99, by=launch.olga, now=now)
    assert evidence_of(hypercare, today=TODAY)[-1].have == "1"


def test_hypercare_and_its_lessons_are_knowledge(launch, work):
    with work():
        launch.checkout.team_id = launch.ops.id
        accept_seat(launch.hypercare, by=launch.lena, now=launch.now)
        launch.teach(1)
    on = TODAY + timedelta(days=9)
    parts = {one.person: dict(one.parts) for one in known_on(on).of(launch.checkout.id)}
    assert parts[launch.lena.id][Ground.HYPERCARE] == pytest.approx(9 / 45)
    assert 0 < parts[launch.lena.id][Ground.TAUGHT] < 0.3
    assert 0 < parts[launch.olga.id][Ground.LEARNED] < 0.6


def test_it_ends_by_evidence_and_not_a_day_before(launch, work):
    hypercare = launch.hypercare
    with work():
        launch.make_ready()
    early, due = (launch.now + timedelta(days=days) for days in (6, 7))
    with pytest.raises(MissingEvidenceError, match=r"Not yet: 7 days without an incident .* \(6 since the release"):
        exit_hypercare(hypercare, by=launch.olga, now=early)
    for person in (launch.lena, launch.noor):
        with pytest.raises(NotAllowedError, match="Those who take over sign"):
            exit_hypercare(hypercare, by=person, now=due)
    with work():
        decision = exit_hypercare(hypercare, by=launch.olga, now=due)
    assert decision.kind is DecisionKind.EVIDENCE
    assert [one["is_met"] for one in decision.evidence] == [True] * 4
    assert hypercare.ended_on == TODAY + timedelta(days=7)
    assert seats(hypercare)["Lena"].until_on == TODAY + timedelta(days=7)
    assert "is over. Thank you" in texts_for(launch.lena)[-1]
    for act in (
        lambda: exit_hypercare(hypercare, by=launch.omar, now=due),
        lambda: end_hypercare(hypercare, reason="x", by=launch.priya, now=due),
        lambda: accept_seat(hypercare, by=launch.noor, now=due),
        lambda: ask_person(hypercare, launch.omar, by=launch.priya, now=due),
        lambda: link_runbook(hypercare, url="", alerts="", by=launch.olga, now=due),
    ):
        with pytest.raises(EndedHypercareError, match="Olga ended hypercare of checkout-api on"):
            act()


@pytest.mark.parametrize(
    ("severity", "is_noise", "quiet"),
    [(Severity.SEV1, False, 4), (Severity.SEV3, False, 4), (Severity.SEV4, False, 10), (Severity.SEV1, True, 10)],
)
def test_quiet_counts_from_the_last_incident_that_wakes_somebody(launch, severity, is_noise, quiet):
    launch.incident(days=6, severity=severity, is_noise=is_noise)
    first = evidence_of(launch.hypercare, today=TODAY + timedelta(days=10))[0]
    assert first.have.startswith(f"{quiet} since {'the last incident' if quiet == 4 else 'the release'}")
    assert first.is_met == (quiet >= 7)


def test_a_manager_may_end_it_with_a_reason_and_what_was_missing_stays(launch, work):
    with pytest.raises(InvalidError, match="Say why"):
        end_hypercare(launch.hypercare, reason=" ", by=launch.priya, now=launch.now)
    with work():
        decision = end_hypercare(launch.hypercare, reason="Rolled back", by=launch.priya, now=launch.now)
    assert decision.kind is DecisionKind.ENDED
    assert [one["is_met"] for one in decision.evidence] == [False] * 4


def test_after_its_longest_time_managers_are_asked_and_let_it_go_on_only_then(launch, work):
    hypercare, due = launch.hypercare, launch.now + timedelta(days=42)
    with work():
        accept_seat(hypercare, by=launch.lena, now=launch.now)
    with pytest.raises(NotYetDueError, match="It runs until"):
        prolong_hypercare(hypercare, reason="More to learn", by=launch.priya, now=launch.now)
    with pytest.raises(InvalidError, match="Say why"):
        prolong_hypercare(hypercare, reason="", by=launch.priya, now=due)
    told = []
    for days in (13, 14, 14, 15, 42, 43):
        before = len(texts_for(launch.priya))
        with work():
            ask_for_decisions(now=launch.now + timedelta(days=days))
        told.append(len(texts_for(launch.priya)) - before)
    assert told == [0, 1, 0, 0, 1, 0]
    assert "End it or let it go on" in texts_for(launch.priya)[-1]
    with work():
        prolong_hypercare(hypercare, reason="More to learn", by=launch.priya, now=due)
    assert hypercare.longest_on == due.date() + timedelta(days=14)
    assert "lets hypercare of checkout-api go on" in texts_for(launch.lena)[-1]


def test_the_rule_that_it_began_with_stays(launch, work):
    with work():
        easy = HypercareRule(days=5, quiet_days=1, taught=0, longest_days=7).to_document()
        set_rule(RuleKind.HYPERCARE, easy, seen=0, by=launch.priya, now=launch.now)
    assert len(evidence_of(launch.hypercare, today=TODAY)) == 4
    with work():
        labels = register_release(
            ReleaseDraft(launch.labels, "1", launch.now), Registrar(by=launch.priya), now=launch.now
        ).hypercare
    assert len(evidence_of(labels, today=TODAY)) == 3
    assert labels.longest_on == TODAY + timedelta(days=7)


def test_the_runbook_is_kept_by_those_who_need_it(launch, work):
    with pytest.raises(NotAllowedError):
        link_runbook(launch.hypercare, url="https://x.example", alerts="", by=launch.lena, now=launch.now)
    with pytest.raises(InvalidError, match="web address"):
        link_runbook(launch.hypercare, url="javascript:alert(1)", alerts="", by=launch.olga, now=launch.now)


def test_each_working_day_as_l3_counts_as_sprint_work_once(launch, work):
    with work():
        accept_seat(launch.hypercare, by=launch.lena, now=launch.now)
        draft = ReleaseDraft(launch.labels, "1", launch.now, ("lena",))
        other = register_release(draft, Registrar(by=launch.priya), now=launch.now).hypercare
        accept_seat(other, by=launch.lena, now=launch.now)
    assert duty_hours(TODAY, TODAY + timedelta(days=14), today=TODAY) == {launch.lena.id: 20.0}
    assert duty_hours(TODAY, TODAY + timedelta(days=14), [launch.noor.id], today=TODAY) == {}


@pytest.mark.parametrize("table", ["teach_entries", "teach_confirmations", "hypercare_decisions"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id + 1", "DELETE FROM {}"])
def test_what_was_taught_confirmed_and_decided_stands(launch, work, table, verb):
    with work():
        launch.make_ready()
        exit_hypercare(launch.hypercare, by=launch.olga, now=launch.now + timedelta(days=7))
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session.execute(sa.text(verb.format(table)))


def running():
    return db.session.scalars(sa.select(Hypercare)).one()


def count(model):
    db.session.expire_all()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_of_many_ends_at_once_one_counts(launch, work, at_once):
    with work():
        launch.make_ready()
    due = launch.now + timedelta(days=7)

    def leave():
        exit_hypercare(running(), by=by_handle("olga"), now=due)

    def end():
        end_hypercare(running(), reason="Enough", by=by_handle("priya"), now=due)

    done, refusals = split(at_once(*[leave, end] * (HANDS // 2)), EndedHypercareError)
    assert (done, len(refusals)) == (1, HANDS - 1)
    assert count(HypercareDecision) == 1


def test_of_many_confirmations_at_once_one_counts(launch, work, at_once):
    with work():
        accept_seat(launch.hypercare, by=launch.lena, now=launch.now)
        entry = log_lesson(launch.hypercare, Lesson(launch.olga, "x", TODAY), by=launch.lena, now=launch.now).id

    def confirm():
        confirm_lesson(running(), entry, by=by_handle("olga"), now=launch.now)

    done, refusals = split(at_once(*[confirm] * HANDS), AlreadyConfirmedError)
    assert (done, len(refusals)) == (1, HANDS - 1)
    assert count(TeachConfirmation) == 1


def test_one_version_registered_by_many_at_once_is_one_release_and_two_versions_one_hypercare(work, at_once):
    with work():
        launch = Launch()
        service, now = launch.checkout.id, launch.now

    def register(version):
        def act():
            draft = ReleaseDraft(db.session.get(type(launch.checkout), service), version, now, ("lena",))
            register_release(draft, Registrar(by=by_handle("priya")), now=now)

        return act

    done, refusals = split(at_once(*[register("2.0"), register("2.1")] * (HANDS // 2)), KnownReleaseError)
    assert (done, len(refusals)) == (2, HANDS - 2)
    assert (count(Release), count(Hypercare)) == (2, 1)
    assert {one.hypercare_id for one in db.session.scalars(sa.select(Release))} == {running().id}
    assert sorted(seats(running())) == ["Lena", "Noor"]


def test_of_a_yes_and_an_end_at_once_nobody_is_left_on_a_hypercare_that_is_over(launch, work, at_once):
    def accept():
        accept_seat(running(), by=by_handle("lena"), now=launch.now)

    def end():
        end_hypercare(running(), reason="Rolled back", by=by_handle("priya"), now=launch.now)

    at_once(accept, end)
    db.session.expire_all()
    seat = seats(running())["Lena"]
    assert seat.state is SeatState.ASKED or seat.until_on is not None


def test_of_an_end_and_a_release_at_once_the_release_is_never_in_a_hypercare_that_was_over(launch, work, at_once):
    with work():
        launch.make_ready()
        service, due = launch.checkout.id, launch.now + timedelta(days=7)

    def leave():
        exit_hypercare(running(), by=by_handle("olga"), now=due)

    def register():
        draft = ReleaseDraft(db.session.get(type(launch.checkout), service), "2.1", due, ("lena",))
        register_release(draft, Registrar(by=by_handle("priya")), now=due)

    left, registered = at_once(leave, register)
    db.session.expire_all()
    assert registered == "done"
    newest = db.session.scalars(sa.select(Release).where(Release.version == "2.1")).one()
    assert newest.hypercare.ended_on is None
    assert isinstance(left, MissingEvidenceError) == (newest.hypercare.number == 1)
