"""What every application works out anew, worked out once a test run: how addresses are built, what templates and statements compile to.

A test has an application and a database of its own, so that nothing of one test is left for the next. Two thirds of the time
of a short test went into compiling the same routes, templates and statements again.
"""

import gc
from collections.abc import Callable
from types import CodeType

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, event
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule


class RememberedRule(Rule):
    """A route whose building of addresses is compiled once for all applications that have it."""

    _builders: dict[tuple, Callable] = {}  # noqa: RUF012  (one for all, which is the point)

    def _compile_builder(self, append_unknown: bool = True) -> Callable:
        key = (self.rule, self.endpoint, self.subdomain, repr(self.defaults), append_unknown)
        if key not in self._builders:
            self._builders[key] = super()._compile_builder(append_unknown)
        return self._builders[key]


class RememberedTemplates(BytecodeCache):
    """What templates compile to, kept in memory by their text."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


def remember(kind: type[Flask]) -> None:
    """Let all applications of a kind share what they compile."""
    kind.url_rule_class = RememberedRule
    kind.jinja_options = {"bytecode_cache": RememberedTemplates()}


def collect_rarely() -> None:
    """Look for garbage less often: each look passes over all that the suite has loaded, and took a third of its time."""
    gc.set_threshold(50_000, 20, 20)


def make_quick(engine: Engine) -> None:
    """Let a database's statements be compiled once a run, and SQLite write without waiting for the disk.

    No test cuts the power; one that kills a process leaves what was written to the system.
    """
    engine.update_execution_options(compiled_cache=_STATEMENTS)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _do_not_wait)


class _Statements(LRUCache):
    """What statements compile to, by the kind of database, where each engine otherwise keeps its own."""

    def get(self, key, default=None):
        return super().get(_without_engine(key), default)

    def __setitem__(self, key, compiled):
        super().__setitem__(_without_engine(key), compiled)


def _without_engine(key):
    dialect, *rest = key
    return (dialect.name, *rest)


def _do_not_wait(connection, _record):
    connection.execute("PRAGMA synchronous=OFF")


_STATEMENTS = _Statements(5000)
