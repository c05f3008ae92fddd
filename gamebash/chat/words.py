"""What is told in a chat of what happens in an event, in one line each. Who works on what is left out: that would be noise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

SQUASHED = "fix:accepted"


@dataclass(frozen=True, slots=True)
class Told:
    """An event as a line of chat needs it: times as they are read, where it takes place, its address (none may be known)."""

    name: str
    day: str
    starts: str
    ends: str
    reviews_end: str
    zone: str
    place: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class SquashLine:
    """A squash: who is named, and what was squashed."""

    who: str
    key: str
    title: str
    points: int


def invitation(event: Told) -> str:
    """Return what invites to an event."""
    place = f", {event.place}" if event.place else ""
    joining = f" Who plays, the rules, and joining: {event.url}" if event.url else ""
    return f"{event.name}: {event.day}, {event.starts} to {event.ends} ({event.zone}){place}.{joining}"


def test(event: Told) -> str:
    """Return what is said to try a room out."""
    return f"{event.name} will be told of here: when it opens, what is squashed, when the results are out."


def squashed(one: SquashLine) -> str:
    """Return what is said of a squash."""
    return f"{one.who} squashed {one.key} {one.title}: {one.points} {'point' if one.points == 1 else 'points'}."


def results(event: Told, podium: tuple[str, ...]) -> str:
    """Return what is said when everybody may know the results; the first is named first."""
    first = f" {', '.join(podium)}." if podium else ""
    where = f" {event.url}/results" if event.url else ""
    return f"The results of {event.name} are out.{first}{where}"


def sentence(tag: str, detail: Mapping[str, Any], event: Told) -> str:
    """Return the line for a change that concerns the whole event."""
    return WORDS[tag][1](event, str(detail.get("text", "")))


def label(tag: str) -> str:
    """Return what a line is about, in a word or two."""
    return "Squash" if tag == SQUASHED else WORDS[tag][0]


WORDS: Mapping[str, tuple[str, Callable[[Told, str], str]]] = {
    "event:scheduled": ("Invitation", lambda event, _text: invitation(event)),
    "event:delayed": ("Delay", lambda event, _text: f"{event.name} begins later, at {event.starts}."),
    "event:cancelled": ("Cancelled", lambda event, _text: f"{event.name} on {event.day} is cancelled."),
    "event:went_live": (
        "Opening",
        lambda event, _text: f"{event.name} is live until {event.ends}. {event.url}".strip(),
    ),
    "event:announced": ("Announcement", lambda event, text: f"{event.name}: {text}"),
    "question:answered_to_all": ("Answer", lambda event, text: f"{event.name}, asked: {text}"),
    "event:paused": ("Pause", lambda event, _text: f"{event.name} is paused: the clock and every lease stand still."),
    "event:resumed": ("Pause over", lambda event, _text: f"{event.name} goes on until {event.ends}."),
    "event:extended": ("More time", lambda event, _text: f"{event.name}: more time for everybody, until {event.ends}."),
    "event:freeze_reached": (
        "Freeze",
        lambda event, _text: f"The board of {event.name} stands still until the results.",
    ),
    "event:judged": ("Full time", lambda event, _text: f"Full time. Reviews still count until {event.reviews_end}."),
    "event:revealed": ("Results", lambda event, _text: results(event, ())),
}
TOLD = (*WORDS, SQUASHED)
