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
