"""What takes long to make and is the same for everybody is made by one process of a test run, and read by the others."""

import fcntl
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

Made = TypeVar("Made")


class Once:
    """Things made once a test run, by their names, kept in a folder that all its processes share."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        own = folders.getbasetemp()
        self.folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "once"
        self.folder.mkdir(exist_ok=True)

    def __call__(self, name: str, make: Callable[[Path], Made]) -> Made:
        """Return what ``make`` returns, made by whichever process asks first; it may leave files in the folder it is given."""
        kept = self.folder / f"{name}.pickle"
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                kept.write_bytes(pickle.dumps(make(self.folder)))
        made: Made = pickle.loads(kept.read_bytes())  # noqa: S301  (written above, by this run)
        return made
