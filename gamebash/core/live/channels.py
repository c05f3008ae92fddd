"""One show of one topic in this process: its present version, and the bytes that bring a page up to it."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from gamebash.core.live.shows import Looker, Painter, Show

KEPT_GROUPS = 200
KEPT_MESSAGES = 8


@dataclass(frozen=True, slots=True)
class Version:
    """What was read at one moment. Numbers grow with every reading of the process."""

    number: int
    reading: Any
    due_at: datetime | None


@dataclass(slots=True)
class Shared:
    """What a group sees at one version, and in which version each part last became different."""

    number: int
    parts: Mapping[str, str]
    changed_in: Mapping[str, int]
    messages: dict[int, str] = field(default_factory=dict)

    def since(self, number: int) -> list[str]:
        """Return the ids of the parts that are different since a version."""
        return [target for target, changed in self.changed_in.items() if changed > number]

    def message_since(self, number: int) -> str:
        """Return those parts in one text, put together once for everybody who saw that version."""
        text = self.messages.get(number)
        if text is None:
            if len(self.messages) >= KEPT_MESSAGES:
                self.messages.clear()
            text = self.messages[number] = "".join(piece(target, self.parts[target]) for target in self.since(number))
        return text


class Channel:
    """A show of a topic; reading and painting happen once for each version, whoever asks first."""

    def __init__(self, show: Show[Any], topic: str, paint: Painter, next_number: Callable[[], int]) -> None:
        """Begin without having read anything."""
        self.show = show
        self.topic = topic
        self.paint = paint
        self.reading = Lock()
        self.version: Version | None = None
        self.mark: int | None = None
        self.asked_at = 0.0
        self._next_number = next_number
        self._groups: dict[Hashable, Shared] = {}
        self._grouping = Lock()

    def read(self, *, now: datetime) -> Version:
        """Read a new version. It is numbered when it is read: a page begun later has read no less.

        Only one thread may read at a time; ``reading`` is the lock.
        """
        reading = self.show.read(self.topic, now=now)
        due_at = self.show.due_at(reading)
        version = self.version = Version(self._next_number(), reading, due_at)
        if len(self._groups) > KEPT_GROUPS:
            self._forget_groups()
        return version

    def is_due(self, now: datetime) -> bool:
        """Say whether time has changed what the present version shows."""
        return self.version is not None and self.version.due_at is not None and self.version.due_at <= now

    def shared(self, version: Version, group: Hashable) -> Shared:
        """Return what a group sees, painted by the first who asks."""
        known = self._groups.get(group)
        if known is not None and known.number >= version.number:
            return known
        with self._grouping:
            known = self._groups.get(group)
            if known is None or known.number < version.number:
                parts = self.show.shared(version.reading, group, self.paint)
                known = self._groups[group] = Shared(version.number, parts, _changes(known, parts, version.number))
        return known

    def _forget_groups(self) -> None:
        with self._grouping:
            newest = sorted(self._groups.items(), key=lambda item: item[1].number)[-KEPT_GROUPS // 2 :]
            self._groups = dict(newest)


def _changes(before: Shared | None, parts: Mapping[str, str], number: int) -> dict[str, int]:
    if before is None:
        return dict.fromkeys(parts, number)
    return {
        target: before.changed_in[target] if before.parts.get(target) == html else number
        for target, html in parts.items()
    }


def piece(target: str, html: str, swap: str = "outerMorph") -> str:
    """Return a part as htmx takes it out of a message: whose element it is, and how it gets in."""
    return f'<hx-partial hx-target="#{target}" hx-swap="{swap}">{html}</hx-partial>'


@dataclass(frozen=True, slots=True)
class Had:
    """What a page that connects has already: everything up to a version, and what was said up to a number."""

    version: int = 0
    word: int | None = None


class Page:
    """One open page: what it has seen, and the message that brings it up to the present."""

    def __init__(self, channel: Channel, looker: Looker | None, args: Hashable, had: Had) -> None:
        """Show a channel to somebody whose page had something already."""
        self.channel = channel
        self.looker = looker
        self.args = args
        self.seen = had.version
        self.heard = had.word
        self._shared: Shared | None = None
        self._group: Hashable = None
        self._personal: Mapping[str, str] | None = None
        self._said: frozenset[int] | None = None

    def message(self, version: Version) -> str:
        """Return everything that is different on this page since the last message; empty where nothing is."""
        channel = self.channel
        group = channel.show.group_of(version.reading, self.looker, self.args)
        shared = channel.shared(version, group)
        personal = channel.show.personal(version.reading, self.looker, self.args, channel.paint)
        text = self._difference(group, shared, personal) + self._words(version)
        self.seen, self._shared, self._group, self._personal = shared.number, shared, group, personal
        return text

    def _difference(self, group: Hashable, shared: Shared, personal: Mapping[str, str]) -> str:
        before = self._personal
        own = personal.keys() | (before or {}).keys()
        if self._shared is None or self._group == group:
            if own.isdisjoint(shared.parts):
                return shared.message_since(self.seen) + _pieces(_different(personal, before or {}))
            changed: Iterable[str] = shared.since(self.seen)
        else:
            changed = (target for target, html in shared.parts.items() if self._shared.parts.get(target) != html)
        wanted = {target: shared.parts[target] for target in changed if target not in own}
        if before is None:
            return _pieces({**wanted, **personal})
        old = {**self._shared.parts, **before} if self._shared else before
        new = {target: personal.get(target, shared.parts.get(target, "")) for target in own}
        return _pieces({**wanted, **_different({target: html for target, html in new.items() if html}, old)})

    def _words(self, version: Version) -> str:
        words = self.channel.show.words(version.reading, self.looker, self.channel.paint)
        said, heard = self._said, self.heard
        self._said = frozenset(word.number for word in words)
        self.heard = max([*self._said, heard or 0])
        if said is None:
            fresh = [word for word in words if heard is not None and word.number > heard]
        else:
            fresh = [word for word in words if word.number not in said]
        return "".join(piece("toasts", word.html, "beforeend") for word in fresh)


def _different(parts: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    return {target: html for target, html in parts.items() if before.get(target) != html}


def _pieces(parts: Mapping[str, str]) -> str:
    return "".join(piece(target, html) for target, html in parts.items())
