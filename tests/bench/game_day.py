"""``python -m tests.bench.game_day``: forty people in Chromium play six hours by a fast clock, while things are killed.

Everybody plays only by what a page offers them: claim, submit, extend, let go, review, send back. Meanwhile the worker and a
web process are killed, and PostgreSQL is stopped in the middle and started again. The organiser goes live, pauses, extends,
and closes, also in a browser. Afterwards everything that a page had confirmed has to be in the database, and ``verify`` clean.
"""

import contextlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import psycopg
import sqlalchemy as sa
from playwright.sync_api import Error, Page, sync_playwright

from gamebash.ceremony.closing import cancel_event
from gamebash.core import clock
from gamebash.core.db import db, migrate, unit_of_work
from gamebash.events.board_stories import pull_stories_into
from gamebash.events.day_plan import DayPlan
from gamebash.events.drafts import confirm_rules, draft_event
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from gamebash.events.players import join_event
from gamebash.events.running import schedule_event
from gamebash.events.squads import create_squad, join_squad
from gamebash.people.identity import token_hash
from gamebash.people.models import Person, PersonRole, SignIn
from gamebash.play.models import Claim, Fix, Review
from gamebash.policy import Role
from gamebash.stories.pull import Limits
from gamebash.verify import verify
from seeds import build as demo
from seeds.backlog import propose_stories
from tests.bench import fast_clock
from tests.bench.data import make
from tests.support import postgres
from tests.support.machine import find_chromium

PLAYERS = int(os.environ.get("GAME_PLAYERS", "40"))
SPEED = float(os.environ.get("GAME_SPEED", "45"))
HOURS = 6
ORGANISER = "aisha-bello"
NAME = "The long game"


@dataclass
class Said:
    """What pages confirmed, and what went wrong on the way."""

    claims: Counter = field(default_factory=Counter)
    fixes: Counter = field(default_factory=Counter)
    verdicts: Counter = field(default_factory=Counter)
    deeds: Counter = field(default_factory=Counter)
    interruptions: int = 0


def prepare(app) -> str:
    """Build the demo and, beside it, an event of forty players that waits to go live; return its name in addresses."""
    with app.app_context():
        demo.build(now=clock.now())
        with unit_of_work():
            now = clock.now()
            organiser = db.session.scalars(sa.select(Person).where(Person.handle == ORGANISER)).one()
            for event in db.session.scalars(sa.select(Event).where(Event.state == EventState.LIVE)):
                cancel_event(event, reason="Makes room for the long game.", by=organiser, now=now)
            propose_stories(40, by=organiser, now=now)
            times = [now + timedelta(minutes=30) + timedelta(hours=hours) for hours in (0, HOURS, HOURS + 1)]
            event = draft_event(DayPlan(NAME, *times, freezes_at=times[1] - timedelta(hours=1)), by=organiser, now=now)
            pull_stories_into(event, Limits(stories=66, hours=400, per_service=12), by=organiser, now=now)
            confirm_rules(event, by=organiser, now=now)
            schedule_event(event, by=organiser, now=now)
            players = _people(now)
            _sign_in([organiser, *players], now)
            _join(event, players, now)
            return event.slug


def _people(now) -> list[Person]:
    query = sa.select(Person).where(Person.is_playing, Person.handle != ORGANISER).order_by(Person.id).limit(PLAYERS)
    people = list(db.session.scalars(query))
    for number in range(len(people), PLAYERS):
        person = Person(
            handle=f"guest-{number}", name=f"Guest Number{number}", email=f"guest-{number}@example.org", is_active=True,
            is_playing=True, created_at=now,
        )  # fmt: skip
        person.role_rows = [PersonRole(role=Role.DEVELOPER)]
        db.session.add(person)
        people.append(person)
    db.session.flush()
    return people


def _sign_in(people: list[Person], now) -> None:
    for person in people:
        db.session.add(
            SignIn(person=person, token_hash=token_hash(f"day-{person.handle}"), created_at=now,
                   expires_at=now + timedelta(days=2))
        )  # fmt: skip


def _join(event: Event, people: list[Person], now) -> None:
    for person in people:
        join_event(event, person, now=now)
    for number in range(len(people) // 5):
        members = people[number * 5 : number * 5 + 4]
        create_squad(event, f"Squad {number}", captain=members[0], now=now)
        for person in members[1:]:
            join_squad(event, f"Squad {number}", person=person, now=now)


class Player:
    """Somebody with a browser window, who does one thing at a time."""

    def __init__(self, page: Page, address: str, slug: str, seed: int, said: Said) -> None:
        self.page, self.address, self.slug, self.said = page, address, slug, said
        self.chance = random.Random(seed)

    def turn(self) -> None:
        """Do what My day puts first; what is interrupted by a kill is tried again at the next turn."""
        try:
            self._turn()
        except Error:
            self.said.interruptions += 1
            time.sleep(0.3)

    def _turn(self) -> None:
        self.page.goto(f"{self.address}/", wait_until="domcontentloaded")
        reviews = self.page.get_by_role("link", name=re.compile("^Review"))
        if reviews.count():
            return self._review(reviews.first)
        held = self.page.get_by_role("link", name=re.compile("^Carry on with"))
        if held.count() and self.chance.random() < 0.9:
            return self._work(held.first)
        return self._claim()

    def _review(self, link) -> None:
        link.click()
        self.page.wait_for_load_state("domcontentloaded")
        key = self._key()
        if self.page.locator("#check form").count():
            self.page.locator("#check [name=reason]").fill("It does what it says, and the test fails without it.")
            self._press(self.page.locator("#check form button").first, "second look")
            return
        verdict = self.page.get_by_role("button", name="Accept", exact=True)
        if not verdict.count():
            self.said.deeds["nothing to review"] += 1
            return
        if self.chance.random() < 0.2:
            self.page.locator("#review textarea[name=reason]").fill("The test passes without the change too.")
            verdict = self.page.get_by_role("button", name="Send back", exact=True)
        self.said.verdicts[key] += self._press(verdict, "review")

    def _work(self, link) -> None:
        link.click()
        self.page.wait_for_load_state("domcontentloaded")
        key, chance = self._key(), self.chance.random()
        if self.page.locator("#fix").count() == 0:
            self.said.deeds["waits for a review"] += 1
            return
        extend = self.page.get_by_role("button", name=re.compile("more time|Extend", re.IGNORECASE))
        if chance < 0.1 and extend.count():
            self._press(extend.first, "extend")
        elif chance < 0.8:
            fix = self.page.locator("#fix")
            fix.locator("[name=change_url]").fill(f"https://git.demo.example/changes/{self.chance.randrange(10_000)}")
            fix.locator("[name=what_was_done]").fill("Moved the call behind a budget of its own.")
            fix.locator("[name=prevention]").fill("A test that failed before the change.")
            fix.locator("[name=root_cause]").select_option("code_defect")
            self.said.fixes[key] += self._press(fix.get_by_role("button", name="Submit fix"), "fix")
        else:
            self.said.deeds["goes on working"] += 1

    def _claim(self) -> None:
        self.page.goto(f"{self.address}/events/{self.slug}?s=open", wait_until="domcontentloaded")
        buttons = self.page.locator("form[action$='/claim'] button:enabled")
        if not buttons.count():
            self.said.deeds["nothing to claim"] += 1
            return
        chosen = buttons.nth(self.chance.randrange(min(3, buttons.count())))
        action = chosen.evaluate("button => button.form.getAttribute('action')")
        with self.page.expect_response(lambda answer: action in answer.url, timeout=20_000) as answered:
            chosen.click()
        status = answered.value.status
        self.said.deeds[f"claim {status}"] += 1
        if status in {200, 303}:
            self.said.claims[action.split("/")[2]] += 1

    def _press(self, button, deed: str) -> int:
        """Press it and say whether the page that came confirms it: 1, or 0 where it was refused."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST", timeout=20_000) as answered:
            button.click()
        is_refused = answered.value.status >= 400
        self.page.wait_for_load_state("domcontentloaded")
        self.said.deeds[f"{deed} {'refused' if is_refused else 'done'}"] += 1
        return 0 if is_refused else 1

    def _key(self) -> str:
        return self.page.url.split("/stories/")[1].split("/")[0].split("#")[0].split("?")[0]


class Site:
    """Two web processes and a worker on a PostgreSQL of their own, all by the fast clock; parts of it can be killed."""

    def __init__(self, uri: str, port: int) -> None:
        self.uri, self.port, self.killed = uri, port, Counter()
        self.processes: dict[str, subprocess.Popen] = {}
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115  (the processes write into it until they stop)

    def start(self, kind: str) -> None:
        command = [sys.executable, "-m", "tests.bench.fast_clock", kind, self.uri, str(self.port)]
        self.processes[kind] = subprocess.Popen(command, env=os.environ.copy(), stdout=self.log, stderr=self.log)

    def wait_until_it_answers(self) -> None:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.2):
                return
            time.sleep(0.1)
        raise RuntimeError("The site does not answer.")

    def kill_worker(self) -> None:
        self.processes["worker"].kill()
        self.processes["worker"].wait()
        self.start("worker")
        self.killed["worker"] += 1

    def kill_web_process(self) -> None:
        parent = str(self.processes["web"].pid)
        found = subprocess.run(["pgrep", "-P", parent], capture_output=True, text=True, check=False).stdout.split()
        if found:
            os.kill(int(found[0]), signal.SIGKILL)
            self.killed["web process"] += 1

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait()
        self.log.seek(0)
        errors = [json.loads(line) for line in self.log if '"level": "error"' in line]
        # While the database was away everything that asked it failed; anything else is a fault of ours.
        ours = [one for one in errors if "OperationalError" not in one.get("exception", "")]
        print(
            f"  errors in the log: {len(errors)}, not for want of the database: {[one['event'] for one in ours]}",
            flush=True,
        )


class Organiser:
    """Goes live, pauses for ten minutes, goes on, gives everybody more time: each once, in a browser."""

    def __init__(self, page: Page, address: str, slug: str) -> None:
        self.page, self.address, self.slug = page, address, slug
        self.done: dict[str, datetime] = {}

    def go_live(self) -> None:
        self.page.goto(f"{self.address}/events/{self.slug}/setup", wait_until="domcontentloaded")
        token = self.page.locator("input[name=csrf_token]").first.input_value()
        answer = self.page.request.post(
            f"{self.address}/events/{self.slug}/go-live",
            form={"csrf_token": token, "anyway": "1"},
            headers={"Origin": self.address},
        )
        assert answer.ok, answer.text()

    def turn(self, left: timedelta) -> None:
        paused_at = self.done.get("pause")
        self._once("pause", is_time=left <= timedelta(hours=4))
        self._once("resume", is_time=paused_at is not None and clock.now() - paused_at >= timedelta(minutes=10))
        self._once("extend", is_time=left <= timedelta(hours=2))

    def _once(self, deed: str, *, is_time: bool) -> None:
        if not is_time or deed in self.done:
            return
        with contextlib.suppress(Error):
            self.page.goto(f"{self.address}/events/{self.slug}/cockpit", wait_until="domcontentloaded")
            with self.page.expect_navigation(wait_until="domcontentloaded"):
                self.page.locator(f"form[action$='/{deed}'] button").first.click()
            self.done[deed] = clock.now()


def state_of(app, person: str, address: str) -> dict:
    serializer = app.session_interface.get_signing_serializer(app)
    value = serializer.dumps({"_user_id": f"day-{person}", "_fresh": True})
    return {"cookies": [{"name": "session", "value": value, "url": address}], "origins": []}


def play(app, site: Site, slug: str, restart_database) -> Said:
    address, said = f"http://127.0.0.1:{site.port}", Said()
    with app.app_context():
        event_id = db.session.scalars(sa.select(Event.id).where(Event.slug == slug)).one()
        query = sa.select(Person.handle).join(SignIn).where(SignIn.token_hash.is_not(None), Person.handle != ORGANISER)
        handles = list(db.session.scalars(query.where(SignIn.user_agent == "").distinct()))
        db.session.remove()
    disturbances = {
        5.5: site.kill_worker, 5.0: site.kill_web_process, 4.6: restart_database, 3.0: site.kill_worker,
        2.5: site.kill_web_process, 1.5: site.kill_web_process, 0.7: site.kill_worker,
    }  # fmt: skip
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=["--no-sandbox"])
        # Forty windows are painted by one machine, which is to spend its time on what players do.
        window = lambda handle: browser.new_context(  # noqa: E731
            storage_state=state_of(app, handle, address),
            reduced_motion="reduce",
            viewport={"width": 800, "height": 600},
        ).new_page()
        organiser = Organiser(window(ORGANISER), address, slug)
        organiser.go_live()
        players = [Player(window(handle), address, slug, seed, said) for seed, handle in enumerate(handles)]
        print(f"  {len(players)} players, {HOURS} h at {SPEED:g} times the speed", flush=True)
        chance = random.Random("day")
        while (left := _left(app, event_id)) > timedelta():
            organiser.turn(left)
            for hours in [hours for hours in disturbances if left <= timedelta(hours=hours)]:
                disturbances.pop(hours)()
            chance.choice(players).turn()
        for player in players:
            # After full time the reviews go on, and a claim is refused.
            player.turn()
        print(f"  the organiser: {', '.join(organiser.done)}; killed: {dict(site.killed)}", flush=True)
        browser.close()
    return said


def _left(app, event_id: int) -> timedelta:
    with app.app_context():
        try:
            event = db.session.get_one(Event, event_id)
            return event.ends_at - (event.paused_at or clock.now())
        except sa.exc.DBAPIError:
            return timedelta(hours=HOURS)
        finally:
            db.session.remove()


def settle(app, slug: str, said: Said) -> bool:
    """Say what is in the database of all that was confirmed; returns whether nothing is lost and all invariants hold."""
    with app.app_context():
        event = db.session.scalars(sa.select(Event).where(Event.slug == slug)).one()
        claims, fixes, verdicts = Counter(), Counter(), Counter()
        claims.update(
            claim.story.key for claim in db.session.scalars(sa.select(Claim).where(Claim.event_id == event.id))
        )
        fixes.update(fix.story.key for fix in db.session.scalars(sa.select(Fix).where(Fix.event_id == event.id)))
        query = sa.select(Review).join(Review.fix).where(Fix.event_id == event.id, Review.verdict.is_not(None))
        verdicts.update(review.fix.story.key for review in db.session.scalars(query))
        lost = [(name, said_of - kept) for name, said_of, kept in
                (("claims", said.claims, claims), ("fixes", said.fixes, fixes), ("verdicts", said.verdicts, verdicts))]  # fmt: skip
        findings = [finding.what for finding in verify()]
        print(f"  deeds: {dict(sorted(said.deeds.items()))}; {said.interruptions} turns interrupted", flush=True)
        print(
            f"  confirmed {said.claims.total()} claims, {said.fixes.total()} fixes, {said.verdicts.total()} verdicts",
            flush=True,
        )
        print(f"  of these lost: {[(name, dict(keys)) for name, keys in lost if keys] or 'none'}", flush=True)
        print(
            f"  in the database: {claims.total()} claims, {fixes.total()} fixes, {verdicts.total()} verdicts",
            flush=True,
        )
        print(f"  verify: {findings[:5] or 'all ten invariants hold'}", flush=True)
        return not findings and not any(keys for _, keys in lost)


def main() -> None:
    os.environ.update(FAST_CLOCK_FROM=str(time.time()), FAST_CLOCK_AT=str(time.time()), FAST_CLOCK_SPEED="1")
    clock.now = fast_clock.now
    with postgres.server("-c max_connections=300") as server, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        with psycopg.connect(server.replace("+psycopg", "") + "postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE day")
        app = make(server + "day")
        migrate(app)
        slug = prepare(app)
        os.environ.update(FAST_CLOCK_FROM=str(time.time()), FAST_CLOCK_AT=str(time.time()), FAST_CLOCK_SPEED=str(SPEED))
        site = Site(server + "day", port)

        def restart_database() -> None:
            postgres.restart(server)
            site.killed["database"] += 1

        site.start("web")
        site.start("worker")
        site.wait_until_it_answers()
        try:
            said = play(app, site, slug, restart_database)
        finally:
            site.stop()
        sys.exit(0 if settle(app, slug, said) else 1)


if __name__ == "__main__":
    main()
