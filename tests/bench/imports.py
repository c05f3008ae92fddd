"""``python -m tests.bench.imports [rows ...]``: an import beside the bare writing of the same rows, in the same run.

For each number of rows (10,000, 100,000 and 1,000,000) and each database: a made-up log goes in from CSV through the
product's own intake, with grouping and the recount of problems; then the rows it stored are written bare into an empty table
like it, with all its indexes: executemany on SQLite, COPY on PostgreSQL. Peak memory is that of the importing process over
what it has before the file.
"""

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import sqlalchemy as sa

from gamebash.backlog.imports.intake import work_off_runs
from gamebash.backlog.imports.mapping import Mapping
from gamebash.backlog.imports.runs import confirm_run, get_run, receive_path
from gamebash.core import clock
from gamebash.core.db import db, migrate, unit_of_work
from gamebash.factory import create_app
from tests.support import postgres

ROWS = (10_000, 100_000, 1_000_000)
AT_ONCE = 5_000
SERVICES = 120
WHAT = ("error rate above {n} %", "latency p99 above {n} ms", "disk {n} % full", "replica lags by {n} s", "queue has {n} messages",
        "deploy {n} failed", "certificate expires in {n} days", "login fails for {n} users", "pod restarted {n} times")  # fmt: skip
PLACES = ("api", "worker", "scheduler", "cache", "gateway", "index", "ledger", "mailer")
HEADER = ("number", "opened_at", "acknowledged_at", "resolved_at", "updated_at", "service", "priority", "state", "short_description",
          "description", "environment", "assigned_to", "close_code", "region", "channel")  # fmt: skip


def write_log(path: Path, rows: int) -> None:
    """Write a log whose services and problems are as uneven as real ones; the same rows for the same number."""
    chance = random.Random(rows)
    begin = datetime(2024, 1, 1, tzinfo=UTC)
    step = timedelta(days=1000) / rows
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for number in range(rows):
            opened = begin + step * number
            service = int(SERVICES * chance.random() ** 2)
            what = WHAT[int(len(WHAT) * chance.random() ** 1.5)].format(n=chance.randrange(1, 999))
            place = PLACES[chance.randrange(len(PLACES))]
            minutes = int(chance.expovariate(1 / 45)) + 1
            resolved = opened + timedelta(minutes=minutes)
            out.writerow((
                f"INC{number:07d}", opened.strftime("%Y-%m-%d %H:%M:%S"), (opened + timedelta(minutes=minutes / 5)).strftime("%Y-%m-%d %H:%M:%S"),
                resolved.strftime("%Y-%m-%d %H:%M:%S"), resolved.strftime("%Y-%m-%d %H:%M:%S"), f"service-{service:03d}",
                f"{chance.randrange(1, 6)} - Level", "Closed", f"{place}: {what}", f"Seen by the monitor of {place}. {what}, again. " * 2,
                "production", f"team-{service % 17}", f"code {chance.randrange(9)}", f"region-{chance.randrange(4)}", "monitor",
            ))  # fmt: skip


def memory() -> int:
    """Return the most memory this process has had, in MiB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def take_in(uri: str, path: str, folder: str) -> None:
    """Take a file in, in a process of its own; print what it took."""
    app = create_app(
        {"SQLALCHEMY_DATABASE_URI": uri, "SECRET_KEY": "bench", "GAMEBASH_DATA": folder, "GAMEBASH_UPLOAD_BYTES": 2**40}
    )
    with app.app_context():
        idle = memory()
        begun = time.perf_counter()
        with unit_of_work():
            run = receive_path(Path(path), "bench", by=None, now=clock.now())
            confirm_run(run, Mapping.from_document(run.mapping), by=None, now=clock.now())
            reference = run.reference
        assert work_off_runs(now=clock.now())
        took = time.perf_counter() - begun
        run = get_run(reference)
        told = {"seconds": took, "peak": memory() - idle, "read": run.rows_read, "created": run.rows_created,
                "unchanged": run.rows_unchanged, "state": run.state.value, "message": run.message}  # fmt: skip
    print(json.dumps(told))


def importing(uri: str, path: Path, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.imports", "take-in", uri, str(path), str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def bare_sqlite(uri: str) -> float:
    """Write the incidents into an empty table like theirs by executemany; return the seconds."""
    path = uri.removeprefix("sqlite:///")
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        statements = [
            row[0]
            for row in cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'incidents' AND sql IS NOT NULL")
        ]
        rows = cursor.execute("SELECT * FROM incidents ORDER BY id").fetchall()
    finally:
        connection.close()
    bare = sa.create_engine(f"sqlite:///{path}.bare").raw_connection()
    cursor = bare.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    for statement in sorted(statements, key=lambda text: not text.startswith("CREATE TABLE")):
        cursor.execute(statement)
    marks = ",".join("?" * len(rows[0]))
    begun = time.perf_counter()
    for start in range(0, len(rows), AT_ONCE):
        cursor.executemany(f"INSERT INTO incidents VALUES ({marks})", rows[start : start + AT_ONCE])
        bare.commit()
    took = time.perf_counter() - begun
    bare.close()
    return took


def bare_postgresql(uri: str) -> float:
    """Write the incidents into an empty table like theirs by COPY; return the seconds."""
    with (
        psycopg.connect(uri.replace("+psycopg", "")) as connection,
        connection.cursor() as cursor,
        tempfile.TemporaryFile() as file,
    ):
        with cursor.copy("COPY (SELECT * FROM incidents ORDER BY id) TO STDOUT") as out:
            for block in out:
                file.write(block)
        cursor.execute("CREATE TABLE bare (LIKE incidents INCLUDING ALL)")
        connection.commit()
        file.seek(0)
        begun = time.perf_counter()
        with cursor.copy("COPY bare FROM STDIN") as into:
            while block := file.read(2**20):
                into.write(block)
        connection.commit()
        return time.perf_counter() - begun


def compare(name: str, uri: str, path: Path, folder: Path, rows: int) -> None:
    app = create_app({"SQLALCHEMY_DATABASE_URI": uri, "SECRET_KEY": "bench", "GAMEBASH_DATA": str(folder)})
    migrate(app)
    first = importing(uri, path, folder)
    assert (first["state"], first["created"]) == ("done", rows), first
    again = importing(uri, path, folder)
    assert again["unchanged"] == rows, again
    with app.app_context():
        bare = bare_sqlite(uri) if name == "sqlite" else bare_postgresql(uri)
        problems = db.session.execute(sa.text("SELECT count(*) FROM problems")).scalar()
        db.session.remove()
        db.engine.dispose()
    print(
        f"  {name:<11} {rows:>9,} rows  {first['seconds']:7.1f} s  {rows / first['seconds']:8,.0f}/s   bare {rows / bare:8,.0f}/s   "
        f"{bare / first['seconds']:6.1%} of it   again {rows / again['seconds']:8,.0f}/s   peak +{first['peak']} MiB   {problems:,} problems",
        flush=True,
    )


def main() -> None:
    if sys.argv[1:2] == ["take-in"]:
        take_in(*sys.argv[2:])
        return
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sizes = [int(text) for text in sys.argv[1:]] or ROWS
    with tempfile.TemporaryDirectory() as place, postgres.server() as server:
        folder = Path(place)
        for rows in sizes:
            path = folder / f"{rows}.csv"
            write_log(path, rows)
            print(f"{rows:,} incidents from CSV, {path.stat().st_size / 2**20:,.0f} MiB", flush=True)
            compare("sqlite", f"sqlite:///{folder}/{rows}.sqlite3", path, folder, rows)
            postgres.execute(server, f"CREATE DATABASE bench_{rows}")
            compare("postgresql", f"{server}bench_{rows}", path, folder, rows)
            path.unlink()


if __name__ == "__main__":
    main()
