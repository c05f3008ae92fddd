"""``python -m tests.bench.races``: crowds over HTTP against several processes, and a worker killed in the middle.

Prints what was answered and what is in the database afterwards, on SQLite and on PostgreSQL.
"""

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psycopg
import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event
from gamebash.people.models import PersonRole
from gamebash.play.models import Claim, Fix, FixState, Review
from gamebash.points.models import PointEntry
from gamebash.policy import Role
from gamebash.verify import verify
from tests.bench.__main__ import serving
from tests.bench.data import SLUG, build, cookie, make
from tests.support import postgres

CROWD = 50
FIX = (
    "change_url=https://git.example/1&what_was_done=x&root_cause=data&root_cause_found=x&prevention=a+test&deed=submit"
)


def post(port: int, app, path: str, person: int, body: str = "") -> int:
    """Return the status of one POST, 0 where the connection died before an answer."""
    session, token = cookie(app, person)
    headers = {"Cookie": session, "Content-Type": "application/x-www-form-urlencoded"}
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", path, f"csrf_token={token}&{body}", headers)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def at_once(deeds) -> list[int]:
    results, barrier = [], threading.Barrier(len(deeds))

    def run(deed) -> None:
        barrier.wait()
        results.append(deed())

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def crowds(port: int, app) -> None:
    claims = at_once([lambda n=n: post(port, app, "/stories/GB-1/claim", n) for n in range(1, CROWD + 1)])
    print(f"  {CROWD} claims on one story: {dict(Counter(claims))}", flush=True)
    with app.app_context():
        claim = db.session.scalars(sa.select(Claim)).one()
        author = claim.player_id
    assert post(port, app, "/stories/GB-1/fix", author, FIX) == 303
    with app.app_context():
        reviewer = db.session.scalars(sa.select(Review.player_id)).one()
    accepts = at_once(
        [lambda: post(port, app, "/stories/GB-1/review", reviewer, "verdict=accept") for _ in range(CROWD)]
    )
    with app.app_context():
        paid = db.session.scalar(sa.select(sa.func.count()).where(PointEntry.key.like("fix:%")))
    print(f"  {CROWD} accepts of one fix: {dict(Counter(accepts))}, paid {paid} time", flush=True)
    with app.app_context(), unit_of_work():
        event = db.session.scalars(sa.select(Event)).one()
        event.state, event.rules_confirmed_at, event.went_live_at = EventState.SCHEDULED, clock.now(), None
        db.session.add_all(PersonRole(person_id=n, role=Role.ORGANISER) for n in range(1, CROWD + 1))
    lives = at_once(
        [lambda n=n: post(port, app, f"/events/{SLUG}/go-live", n, "anyway=1") for n in range(1, CROWD + 1)]
    )
    print(f"  {CROWD} go-live presses: {dict(Counter(lives))}", flush=True)


def burst(port: int, app, server_pid: int) -> None:
    """Claim and submit for some seconds while workers are killed; then everything acknowledged has to be there."""
    said: dict[str, list[int]] = {"claims": [], "fixes": []}

    def play(person: int) -> None:
        for story in range(person, 600, 30):
            if story < 2:
                continue
            if post(port, app, f"/stories/GB-{story}/claim", person) == 303:
                said["claims"].append(story)
                if post(port, app, f"/stories/GB-{story}/fix", person, FIX) == 303:
                    said["fixes"].append(story)

    threads = [threading.Thread(target=play, args=(person,)) for person in range(1, 31)]
    for thread in threads:
        thread.start()
    killed = 0
    for _ in range(3):
        time.sleep(1.0)
        children = subprocess.run(
            ["pgrep", "-P", str(server_pid)], capture_output=True, text=True, check=False
        ).stdout.split()
        if children:
            os.kill(int(children[killed % len(children)]), signal.SIGKILL)
            killed += 1
    for thread in threads:
        thread.join()
    with app.app_context():
        claimed = set(db.session.scalars(sa.select(Claim.story_id)))
        fixed = set(db.session.scalars(sa.select(Fix.story_id).where(Fix.state.in_(list(FixState)))))
    lost = {"claims": len(set(said["claims"]) - claimed), "fixes": len(set(said["fixes"]) - fixed)}
    told = {name: len(stories) for name, stories in said.items()}
    print(f"  burst with {killed} kills: acknowledged {told}, of these lost {json.dumps(lost)}", flush=True)


def run(name: str, uri: str) -> None:
    print(name, flush=True)
    build(uri, players=200, entries=200, stories=600)
    app = make(uri)
    with serving("gamebash", uri, processes=3) as port:
        crowds(port, app)
        pid = int(
            subprocess.run(
                ["pgrep", "-of", f"tests.bench.servers gamebash {port}"], capture_output=True, text=True, check=True
            ).stdout.split()[0]
        )
        burst(port, app, pid)
    with app.app_context():
        findings = verify()
        print(f"  verify: {[finding.what for finding in findings][:5] or 'all ten invariants hold'}", flush=True)
        db.engine.dispose()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        run("SQLite, 3 web processes", f"sqlite:///{Path(folder) / 'races.sqlite3'}")
    with postgres.server("-c max_connections=300") as address:
        with psycopg.connect(address.replace("+psycopg", "") + "postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE races")
        run("PostgreSQL, 3 web processes", address + "races")


if __name__ == "__main__":
    main()
