"""What a page shows live: read once for each change, painted once for everybody who sees the same."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from flask import Flask, g, render_template

from gamebash.core.live.kept import Kept

R = TypeVar("R")

MOST_CHARACTERS = 32 * 1024 * 1024


class Looker(Protocol):
    """Whose page it is; a page that hangs on a wall belongs to nobody."""

    @property
    def person_id(self) -> int:
        """The person's id."""

    @property
    def handle(self) -> str:
        """The person's handle."""

    @property
    def roles(self) -> frozenset[Any]:
        """The roles held, as the policy counts them."""


class Painter:
    """Paints templates, each with the same values only once however many pages show it."""

    def __init__(self, app: Flask) -> None:
        """Paint with this application's templates."""
        self._app = app
        self._kept: Kept[str] = Kept(MOST_CHARACTERS)
        self._parts: Kept[Mapping[str, str]] = Kept(MOST_CHARACTERS)
        self._painting = Lock()
        self.painted = 0

    def __call__(self, template: str, **values: Hashable) -> str:
        """Return a template with these values. Forms are painted without a token: the page puts its own in.

        ``now`` makes no difference: what counts down is put right by the page's clock as soon as it is there.
        """
        key = (template, *(item for item in values.items() if item[0] != "now"))
        html = self._kept.get(key)
        if html is not None:
            return html
        with self._painting:
            html = self._kept.get(key)
            if html is None:
                html = self._paint(template, values)
                self._kept.put(key, html, len(html))
        return html

    def keep(self, key: Hashable, make: Callable[[], Mapping[str, str]]) -> Mapping[str, str]:
        """Return parts made before under this key, which names everything that they are made of; else make them."""
        parts = self._parts.get(key)
        if parts is None:
            made = make()
            parts = self._parts.put(key, made, sum(len(html) for html in made.values()))
        return parts

    def blocks(self, template: str, *names: str, **values: Hashable) -> dict[str, str]:
        """Return blocks of a page (title, lede, actions, main), each in its element; for pages that few people watch."""
        return {f"page-{name}": self(template, only=name, **values) for name in names}

    def _paint(self, template: str, values: Mapping[str, Hashable]) -> str:
        self.painted += 1
        with self._app.test_request_context("/"):
            g.csrf_token = ""
            return render_template(template, **values)


@dataclass(frozen=True, slots=True)
class Word:
    """Something said once to one person; the number is that of the change it tells of."""

    number: int
    html: str


class Show(ABC, Generic[R]):
    """One kind of page. Its parts are HTML by the id of the element that they replace.

    ``read`` asks the database, in a constant number of queries; everything else works on what was read.
    """

    name: str

    @abstractmethod
    def read(self, topic: str, *, now: datetime) -> R:
        """Return what is true now of the topic."""

    @abstractmethod
    def shared(self, reading: R, group: Hashable, paint: Painter) -> Mapping[str, str]:
        """Return the parts that everybody of a group sees alike."""

    def due_at(self, reading: R) -> datetime | None:  # noqa: ARG002
        """Return when time alone changes what is shown: a lease runs out, a board freezes."""
        return None

    def group_of(self, reading: R, looker: Looker | None, args: Hashable) -> Hashable:  # noqa: ARG002
        """Return which of the shared parts somebody sees; few values, for many people."""
        return args

    def personal(self, reading: R, looker: Looker | None, args: Hashable, paint: Painter) -> Mapping[str, str]:  # noqa: ARG002
        """Return the parts that only this person sees so; they win over shared parts of the same id."""
        return {}

    def words(self, reading: R, looker: Looker | None, paint: Painter) -> Sequence[Word]:  # noqa: ARG002
        """Return what is to be said to this person once, oldest first."""
        return ()
