"""A PostgreSQL server of the tests' own: made by initdb, run by pg_ctl, gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support.machine import find_postgres

FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB"
# Before it, files were copied without being asked.
SINCE_STRATEGIES = 15_00_00
# What a test's rows leave behind in files and in the planner's figures is only dropped with the database.
MOST_LEFT_BEHIND = 4_000_000
MOST_USES = 100

# Changes with every change of a table, a column, a trigger, a function or a rule, and with nothing else.
_SCHEMA = """
SELECT md5(string_agg(oid || ':' || xmin, ',' ORDER BY kind, oid)) FROM (
    SELECT 'class' AS kind, oid, xmin FROM pg_class WHERE oid >= 16384
    UNION ALL SELECT 'trigger', oid, xmin FROM pg_trigger WHERE oid >= 16384
    UNION ALL SELECT 'function', oid, xmin FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT 'constraint', oid, xmin FROM pg_constraint WHERE oid >= 16384
    UNION ALL SELECT 'column', attrelid, xmin FROM pg_attribute WHERE attrelid >= 16384
) AS parts
"""
_EMPTY = """
DO $$ DECLARE name regclass; BEGIN
    FOR name IN SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
    LOOP EXECUTE format('DELETE FROM %s', name); END LOOP;
    PERFORM setval(seqrelid::regclass, seqstart, false) FROM pg_sequence;
END $$
"""

_servers: dict[str, tuple] = {}


@contextmanager
def server(options: str = FAST):
    """Run a server for as long as the block lasts; yields its address without a database's name."""
    programs = find_postgres()
    if programs is None:
        raise RuntimeError("The tests need PostgreSQL's server programs: run make test, which installs them.")
    folder = Path(tempfile.mkdtemp(prefix="gb-pg-"))
    user = _run_as(folder)
    port = _free_port()
    data = folder / "data"
    _run(user, [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"])
    where = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} {options}"
    _run(user, [programs / "pg_ctl", "-D", data, "-o", where, "-l", folder / "log", "-w", "start"])
    _servers[str(port)] = (programs, data, user, where, folder / "log")
    try:
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/"
    finally:
        _run(user, [programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def restart(address: str) -> None:
    """Stop a server of ours as if the power had failed, and start it again with the same options."""
    port = address.rpartition(":")[2].strip("/")
    programs, data, user, where, log = _servers[port]
    _run(user, [programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"])
    _run(user, [programs / "pg_ctl", "-D", data, "-o", where, "-l", log, "-w", "start"])


def execute(address: str, statement: str) -> None:
    """Run one statement outside a transaction on the server's own database."""
    with psycopg.connect(address.replace("+psycopg", "") + "postgres", autocommit=True) as connection:
        connection.execute(statement)


def copy_database(address: str, template: str, name: str) -> None:
    """Copy a database that nobody is connected to, file by file, which costs a quarter of writing it through the log."""
    with psycopg.connect(address.replace("+psycopg", "") + "postgres", autocommit=True) as connection:
        by_file = "STRATEGY file_copy" if connection.info.server_version >= SINCE_STRATEGIES else ""
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} {by_file}")


class Reused:
    """One database after another for tests, each as its template is: emptied where that will do, else copied again.

    A copy costs half a second, which is more than most tests take. Emptied goes round the append-only triggers, as no
    program of ours can; a database whose schema a test has touched is never used again.
    """

    def __init__(self, address: str, template: str) -> None:
        self.address, self.template = address, template
        self.count, self.uses, self.name = 0, 0, ""
        self._schema, self._size = "", 0
        with self._connect(template) as connection:
            tables = [row[0] for row in connection.execute(
                "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )]  # fmt: skip
            self._rows = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}

    def take(self) -> str:
        """The address of a database that is as the template is."""
        if not self.name:
            self.count += 1
            self.name = f"test_{self.count}"
            copy_database(self.address, self.template, self.name)
            with self._connect(self.name) as connection:
                self._schema, self._size = self._schema_of(connection), self._size_of(connection)
            self.uses = 0
        self.uses += 1
        return self.address + self.name

    def give_back(self) -> None:
        """End whoever is still connected, and make the database as it was, or drop it."""
        with self._connect(self.name) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            is_small = self._size_of(connection) < self._size + MOST_LEFT_BEHIND
            if is_small and self.uses < MOST_USES and self._schema_of(connection) == self._schema:
                connection.execute("SET session_replication_role = replica")
                connection.execute(_EMPTY)
                for table, rows in self._rows.items():
                    for row in rows:
                        connection.execute(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(row))})", row)
                return
        execute(self.address, f"DROP DATABASE {self.name} WITH (FORCE)")
        self.name = ""

    def _connect(self, name: str) -> psycopg.Connection:
        return psycopg.connect(self.address.replace("+psycopg", "") + name, autocommit=True)

    def _size_of(self, connection: psycopg.Connection) -> int:
        return connection.execute("SELECT pg_database_size(current_database())").fetchone()[0]

    def _schema_of(self, connection: psycopg.Connection) -> str:
        return connection.execute(_SCHEMA).fetchone()[0]


def _run_as(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root, so root hands it to somebody else."""
    if os.geteuid() != 0:
        return None
    name = next(name for name in ("postgres", "nobody") if _exists(name))
    shutil.chown(folder, name)
    folder.chmod(0o700)
    return name


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _run(user: str | None, command: list) -> None:
    kwargs = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    done = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        **kwargs,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
