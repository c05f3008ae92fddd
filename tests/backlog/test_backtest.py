"""The backtest and what it rests on: forecasts, the key of a problem, the replay of the past, the export."""

import csv
import random
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from gamebash.backlog.backtest import Report, backtest
from gamebash.backlog.backtests import BacktestRefusedError, request_backtest, run_backtests
from gamebash.backlog.facets import facets_of
from gamebash.backlog.folding import learn, plain
from gamebash.backlog.forecast import Calibration, Outcome, calibrate, forecast, interval, strength
from gamebash.backlog.granularity import Seen, choose
from gamebash.backlog.imports.upsert import write_incidents
from gamebash.backlog.keys import GroupingKey
from gamebash.backlog.models import Backtest, Source, SourceKind
from gamebash.backlog.problems import refresh_problems
from gamebash.backlog.queries.history import day_of, lives
from gamebash.backlog.records import IncidentRecord
from gamebash.backlog.replay import arriving, choose_key, look
from gamebash.core.db import db
from gamebash.policy import Role
from gamebash.pull_export import pull_export
from tests.factories import make_person
from tests.support.signing_in import sign_in

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
DAY = day_of(NOW)


def a_log(count=3_000, days=700, seed=7):
    """A log in which place and part together make the cause, a weekday and a phone do not."""
    rng = random.Random(seed)
    causes = [(f"Place {p}", f"Part {q}", rng.paretovariate(1.2)) for p in range(12) for q in range(10)]
    for number in range(count):
        place, part, _ = rng.choices(causes, [weight for *_, weight in causes])[0]
        yield (
            number,
            place,
            part,
            DAY - rng.random() * days,
            rng.choice(["Monday", "Tuesday"]),
            f"+{rng.randrange(10**6)}",
        )


def test_the_fields_that_make_the_cause_are_chosen_and_no_others():
    log = list(a_log())
    seen = [
        Seen(at, 2.0, {"service": place, "part": part, "weekday": day, "caller": phone})
        for _, place, part, at, day, phone in log
    ]
    found = choose(seen, horizon=91)
    assert set(found.fields) == {"service", "part"}
    random.Random(1).shuffle(seen)
    assert choose(seen, horizon=91) == found


def test_too_few_incidents_choose_nothing():
    assert choose([Seen(1.0, 1.0, {"service": "a"})] * 10, horizon=91) is None


def test_a_column_that_says_who_when_or_how_it_ended_identifies_nothing():
    extra = {
        "subcategory": "Mail",
        "assigned_to": "Ada",
        "Closed code": "5",
        "updatedBy": "x",
        "weekday": "Monday",
        "Vehicle": "5111",
        "made_sla": "true",
    }
    found = facets_of(service="S", symptom="", title="Disk 7 is full", extra=extra)
    assert set(found) == {"service", "title", "kind", "subcategory"}
    assert found["title"] == "disk # is full"


def test_spellings_fold_to_the_frequent_one_and_numbers_never():
    counts = {
        f"{name} STATION": 900 + place
        for place, name in enumerate(
            [
                "ALPHA",
                "BETA",
                "GAMMA",
                "DELTA",
                "EPSILON",
                "ZETA",
                "ETA",
                "THETA",
                "IOTA",
                "KAPPA",
                "LAMBDA",
                "MU",
                "NU",
                "XI",
                "OMICRON",
                "PI",
                "RHO",
                "SIGMA",
                "TAU",
                "UPSILON",
            ]
        )
    }
    counts |= {
        "alpha station": 5,
        "GAMA STATION": 2,
        "DELTA STATION TO BETA": 3,
        "THETA STATIO": 4,
        "LINE 1": 500,
        "LINE 2": 9,
        "ZETA YARD": 1,
    }
    folding = learn(counts)
    folds = {
        "alpha station": "alpha",
        "DELTA STATION TO BETA": "delta",
        "THETA STATIO": "theta",
        "ZETA YARD": "zeta",
        "SIGMA STATION (WEST)": "sigma",
    }
    assert {value: folding.fold(value) for value in folds} == folds
    assert folding.fold("GAMMA Station") == "gamma"
    assert folding.fold("LINE 2") == "line 2"


@given(st.text(max_size=60))
def test_any_text_has_one_plain_spelling(text):
    assert plain(plain(text)) == plain(text) or "(" in plain(text) or "[" in plain(text) or "{" in plain(text)


def test_the_past_counts_less_and_bursts_are_damped():
    assert strength([(0.1, 4)]) > strength([(1.1, 4)]) > strength([(2.1, 4)]) > 0
    assert strength([(0.1, 1), (0.2, 1), (0.3, 1), (0.4, 1)]) > strength([(0.1, 4)])


def test_a_calibration_gives_back_what_it_was_made_from():
    rng = random.Random(3)
    strengths = [rng.uniform(0.5, 20) for _ in range(400)]
    outcomes = [Outcome(one, round(0.7 * one**1.3)) for one in strengths]
    found = calibrate(outcomes, mean_weight=2)
    assert found.power == pytest.approx(1.3, abs=0.1)
    assert sum(found.level * one**found.power for one in strengths) == pytest.approx(
        sum(one.incidents for one in outcomes), rel=0.02
    )


@given(mean=st.floats(0.01, 500), scatter=st.floats(0, 2))
def test_an_interval_holds_its_mean_or_is_skewed_above_it(mean, scatter):
    low, high = interval(mean, scatter)
    assert 0 <= low <= high
    assert low <= mean
    assert interval(0, scatter) == (0.0, 0.0)
    assert high <= interval(mean * 1.5 + 1, scatter)[1]


def test_nothing_seen_is_nothing_expected():
    assert forecast([], Calibration()).expected == 0


@pytest.fixture
def log(context, work):
    with work():
        source = Source(slug="s", name="S", kind=SourceKind.FILE, created_at=NOW)
        db.session.add(source)
        db.session.flush()
        records = [
            IncidentRecord(
                external_id=str(number), title=f"{place}: {part}", service=place, symptom=part,
                opened_at=NOW - timedelta(days=DAY - at), status="resolved", resolved_at=NOW - timedelta(days=DAY - at) + timedelta(minutes=5),
            )
            for number, place, part, at, _, _ in a_log(1_200)
        ]  # fmt: skip
        refresh_problems(write_incidents(source, records).problem_ids, now=NOW)
    return source


def test_a_pull_of_the_past_uses_nothing_that_came_after(log):
    found = lives()
    at = DAY - 182
    before = [life for life in found if life.opened < at]
    key = choose_key(found, at, 91)
    assert key == choose_key(before, at, 91)
    assert look(found, at, 91, key).ranked == look(before, at, 91, key).ranked
    assert set(arriving(found, at, at + 91, key)) == {life.id for life in found if at <= life.opened < at + 91}


def test_what_a_record_said_later_is_not_known_before(context, work):
    with work():
        source = Source(slug="v", name="V", kind=SourceKind.FILE, created_at=NOW)
        db.session.add(source)
        db.session.flush()
        opened = NOW - timedelta(days=30)
        said = [("unclear", 0), ("disk", 10), ("disk", 12)]
        for symptom, days in reversed(said):
            record = IncidentRecord(
                external_id="1",
                title="x",
                service="db",
                symptom=symptom,
                opened_at=opened,
                version_at=opened + timedelta(days=days),
            )
            write_incidents(source, [record])
    [life] = lives(source)
    assert [state.values["symptom"] for state in life.states] == ["unclear", "disk"]
    assert life.at(day_of(opened) + 5).values["symptom"] == "unclear"
    assert life.at(day_of(opened) + 11).values["symptom"] == "disk"
    assert life.at(day_of(opened)) is None


def test_the_pull_beats_chance_and_nothing_beats_the_oracle(log):
    report = backtest(lives(), [(DAY - 182, DAY - 91), (DAY - 91, DAY)])
    assert report == Report.from_document(report.to_document())
    for one in report.periods:
        assert one.random < one.pull <= one.oracle + 1e-9
        assert max(one.frequent, one.recent) <= one.oracle + 1e-9
        assert 0 <= one.never_seen <= 1


def test_a_worker_makes_a_backtest_and_forecasts_learn_from_it(log, work):
    assert run_backtests(now=NOW)
    assert not run_backtests(now=NOW + timedelta(days=1))
    made = db.session.scalars(sa.select(Backtest)).one()
    assert made.report["periods"]
    assert made.calibration["power"] > 0
    db.session.rollback()
    with work():
        request_backtest(by=None, now=NOW)
    with pytest.raises(BacktestRefusedError, match="on its way"), work():
        request_backtest(by=None, now=NOW)


def test_the_page_shows_the_newest_backtest(client, log, work):
    run_backtests(now=NOW)
    with work():
        handle = make_person("Aisha Bello", Role.ORGANISER).handle
        db.session.flush()
    sign_in(client, handle)
    page = client.get("/backlog/backtest").text
    assert "of the best possible pull" in page
    assert client.post("/backlog/backtest").status_code == 303
    assert client.post("/backlog/backtest").status_code == 409


def test_the_export_has_a_group_for_every_incident_until_the_periods_end(app, log, tmp_path):
    db.session.rollback()
    ranks, groups = tmp_path / "ranks.csv", tmp_path / "groups.csv"
    at = (NOW - timedelta(days=91)).date().isoformat()
    asked = ["--as-of", at, "--ranks", str(ranks), "--groups", str(groups)]
    outcome = app.test_cli_runner().invoke(pull_export, asked)
    assert outcome.exit_code == 0, outcome.output
    with ranks.open() as file:
        ranked = list(csv.DictReader(file))
    with groups.open() as file:
        grouped = {row["incident_id"]: row["group"] for row in csv.DictReader(file)}
    assert [int(row["rank"]) for row in ranked] == list(range(1, len(ranked) + 1))
    assert {row["group"] for row in ranked} <= set(grouped.values())
    assert len(grouped) == sum(life.opened < DAY for life in lives())


def test_a_key_survives_being_kept():
    key = GroupingKey(("service", "symptom"), {"service": learn({"a": 3}), "symptom": learn({"b": 1})})
    assert GroupingKey.from_document(key.to_document()).group_of({"service": "A"}) == key.group_of({"service": "a"})
    assert not key.group_of({"service": "a"}).is_whole
