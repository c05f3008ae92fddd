"""A real Alertmanager sends to a running gamebash: one alert fires, is repeated, and is resolved.

Run by hand: ``python -m tests.bench.alertmanager``. Needs the program (Debian: prometheus-alertmanager).
"""

import json
import logging
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from werkzeug.serving import make_server

from gamebash.backlog.models import Delivery, Incident, SourceKind
from gamebash.backlog.sources.setting_up import Wishes, add_source
from gamebash.backlog.webhooks.handling import work_off_deliveries
from gamebash.core import clock
from gamebash.core.db import db, migrate, unit_of_work
from tests.conftest import make_app
from tests.factories import make_person

PORT, SECRET = 19093, "a secret of the benchmark"
CONFIG = """
route: {{receiver: gamebash, group_wait: 1s, group_interval: 2s, repeat_interval: 4s, group_by: [alertname]}}
receivers:
- name: gamebash
  webhook_configs:
  - url: {address}/hooks/our-alerts
    send_resolved: true
    http_config: {{authorization: {{credentials: "{secret}"}}}}
"""


def main():
    program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if program is None:
        sys.exit("It needs Alertmanager. On Debian: apt-get install prometheus-alertmanager")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(f"sqlite:///{folder}/gamebash.sqlite3", GAMEBASH_DATA=folder)
        migrate(app)
        with app.app_context(), unit_of_work():
            add_source(
                "Our alerts", SourceKind.ALERTMANAGER, Wishes(hook_secret=SECRET), by=make_person(), now=clock.now()
            )
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        config = Path(folder) / "alertmanager.yml"
        config.write_text(CONFIG.format(address=f"http://127.0.0.1:{server.server_port}", secret=SECRET))
        sender = subprocess.Popen(
            [program, f"--config.file={config}", f"--storage.path={folder}/am", f"--web.listen-address=127.0.0.1:{PORT}", "--cluster.listen-address="],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            play(app)
        finally:
            sender.terminate()
            sender.wait()
            server.shutdown()


def play(app):
    started = datetime.now(UTC)
    until(reachable, "Alertmanager is up")
    post({"startsAt": started.isoformat(), "endsAt": (started + timedelta(hours=1)).isoformat()})
    until(lambda: seen(app)[0] == ["open"], "the alert is an open incident")
    time.sleep(7)  # It sends again every 6 s; the same message once more is answered and not kept.
    print(f"  incidents {seen(app)[0]}, messages {seen(app)[1]}, states {seen(app)[2]}")
    post({"startsAt": started.isoformat(), "endsAt": datetime.now(UTC).isoformat()})
    until(lambda: seen(app)[0] == ["resolved"], "the incident is resolved")
    print(f"  incidents {seen(app)[0]}, messages {seen(app)[1]}, states {seen(app)[2]}")
    with app.app_context():
        one = db.session.scalars(sa.select(Incident)).one()
        print(
            f"  {one.title!r} of {one.service.name}, {one.severity.value}, {one.opened_at} to {one.resolved_at}, {one.description!r}"
        )


def reachable():
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{PORT}/-/ready", timeout=1).status == 200
    except OSError:
        return False


def post(times):
    alert = {
        "labels": {"alertname": "CheckoutErrors", "severity": "critical", "service": "checkout", "env": "prod"},
        "annotations": {"summary": "Checkout answers 5xx", "description": "above 5 % for 10 minutes"},
        **times,
    }
    body = json.dumps([alert]).encode()
    asked = urllib.request.Request(f"http://127.0.0.1:{PORT}/api/v2/alerts", body, {"Content-Type": "application/json"})
    assert urllib.request.urlopen(asked, timeout=5).status == 200  # noqa: S310 an address of ours


def seen(app):
    with app.app_context():
        while work_off_deliveries(now=clock.now()):
            pass
        states = list(db.session.scalars(sa.select(Incident.status)))
        deliveries = list(db.session.scalars(sa.select(Delivery.state)))
        db.session.remove()
    return [one.value for one in states], len(deliveries), sorted({one.value for one in deliveries})


def until(is_so, what, seconds=40):
    begun = time.monotonic()
    while not is_so():
        if time.monotonic() - begun > seconds:
            sys.exit(f"after {seconds} s still not: {what}")
        time.sleep(0.2)
    print(f"{time.monotonic() - begun:6.1f} s  {what}")


if __name__ == "__main__":
    main()
