"""One spelling for one thing: people type the name of a place or part in many ways, and each way would be a problem of its own.

Three steps, learned from how often each spelling occurs: signs, case and what stands in brackets are dropped; words that end
many different values ("station") end the name, also where the source cut them off, and what follows is a remark; a rare
spelling that begins with a frequent one, or differs from it by a slip, is taken for it. Numbers are never folded: line 1
is not line 2.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from rapidfuzz import fuzz, process

# A word is filler that ends this share of what was typed, and at least so many different values.
FILLER_SHARE = 0.2
LEAST_VALUES = 20
# A spelling is a slip of another one, or goes on where that one ends, if that one is so many times as frequent.
RARER = 20
ALIKE = 90
LEAST_CUT = 3
MOST_VALUES = 5_000

_BRACKET = re.compile(r"[(\[{].*$")
_SIGNS = re.compile(r"(?:[^\w#<>]|_)+")
_DIGITS = re.compile(r"\d+")


def plain(value: str) -> str:
    """Return a value without case, signs and what stands in brackets; where that leaves nothing, without case only."""
    folded = unicodedata.normalize("NFKC", value).casefold().strip()
    return _SIGNS.sub(" ", _BRACKET.sub("", folded)).strip() or folded


@dataclass(frozen=True, slots=True)
class Folding:
    """How the spellings of one field fold: filler words, and which plain value stands for which."""

    fillers: frozenset[str] = frozenset()
    kept: Mapping[str, int] = field(default_factory=dict)
    taken_for: Mapping[str, str] = field(default_factory=dict)

    def fold(self, value: str) -> str:
        """Return the spelling that stands for a value; one never seen is matched to those that are kept."""
        text = _without_fillers(plain(value), self.fillers)
        if text in self.kept or not self.kept:
            return text
        return self.taken_for.get(text) or _prefix_in(text, self.kept) or text

    def to_document(self) -> dict[str, Any]:
        """Return what is kept with the source."""
        return {"fillers": sorted(self.fillers), "kept": dict(self.kept), "taken_for": dict(self.taken_for)}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Folding":
        """Return the folding kept in a document."""
        return cls(frozenset(document["fillers"]), dict(document["kept"]), dict(document["taken_for"]))


def learn(counts: Mapping[str, int]) -> Folding:
    """Return the folding of a field from how often each of its values occurred; the same counts give the same folding."""
    plains: Counter[str] = Counter()
    for value, count in counts.items():
        plains[plain(value)] += count
    fillers = _fillers(plains)
    merged: Counter[str] = Counter()
    for value, count in plains.items():
        merged[_without_fillers(value, fillers)] += count
    if len(merged) > MOST_VALUES:
        return Folding(fillers)
    kept: dict[str, int] = {}
    taken_for: dict[str, str] = {}
    for value, count in sorted(merged.items(), key=lambda pair: (-pair[1], pair[0])):
        found = _prefix_in(value, kept, RARER * count) or _slip_of(value, _frequent(kept, RARER * count))
        if found is None:
            kept[value] = count
        else:
            taken_for[value] = found
    return Folding(fillers, kept, taken_for)


def _frequent(kept: Mapping[str, int], least: int) -> list[str]:
    """Return the names that occur so often; they stand in order, the most frequent first."""
    return [name for name, _ in takewhile(lambda pair: pair[1] >= least, kept.items())]


def _fillers(counts: Mapping[str, int]) -> frozenset[str]:
    """Return the words that end many different values and much of what was typed."""
    different: Counter[str] = Counter()
    typed: Counter[str] = Counter()
    for value, count in counts.items():
        if len(words := value.split()) > 1 and words[-1].isalpha():
            different[words[-1]] += 1
            typed[words[-1]] += count
    least = FILLER_SHARE * sum(counts.values())
    return frozenset(word for word, many in different.items() if many >= LEAST_VALUES and typed[word] >= least)


def _without_fillers(value: str, fillers: frozenset[str]) -> str:
    """Return what stands before the first filler word: it ends the name, and what follows is a remark."""
    words = value.split()
    for place, word in enumerate(words[1:], start=1):
        is_cut = place == len(words) - 1 and len(word) >= LEAST_CUT and any(one.startswith(word) for one in fillers)
        if word in fillers or is_cut:
            return " ".join(words[:place])
    return value


def _prefix_in(value: str, names: Mapping[str, int], least: int = 0) -> str | None:
    """Return the longest name, frequent enough, that a value begins with, word by word; the rest must hold no number."""
    words = value.split()
    for length in range(len(words) - 1, 0, -1):
        head = " ".join(words[:length])
        if names.get(head, -1) >= least and not _DIGITS.search(" ".join(words[length:])):
            return head
    return None


def _slip_of(value: str, names: list[str]) -> str | None:
    found = process.extractOne(value, names, scorer=fuzz.ratio, score_cutoff=ALIKE)
    if found is None or _DIGITS.findall(found[0]) != _DIGITS.findall(value):
        return None
    return str(found[0])
