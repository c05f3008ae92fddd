"""How alike two incidents are by what was written about them, and which rare words say so.

TF-IDF with cosine similarity (Salton and Buckley, Term-weighting approaches in automatic text retrieval, 1988): a word says
the more the fewer incidents have it, and the title says more than the rest. Words are taken apart where programmers put them
together (``NodeManager`` is also node and manager), and their endings dropped, so that failing and failed are one. A pair
counts as the same thing told twice from ``ALIKE`` on, one threshold for every log: there half of what two texts say, by
weight, is the same.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log, sqrt

TITLE_COUNTS = 2.0
# The beginning of a report says what happened; stack traces and logs below it are alike for many causes.
READ = 600
LEAST_LENGTH = 2
ALIKE = 0.5
REASONS = 5

_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9]*|\d+(?:\.\d+)+|\d{3,}")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ers", "ed", "es", "er", "ly", "s")
_MARKUP = re.compile(r"\{(?:code|noformat|quote|panel)[^}]*\}|https?://\S+")
LEAST_STEM = 3
STOP_WORDS = (
    "the a an and or of to in on for is are was be been by with from at as it this that not we can when if will should have has "
    "but there which do does use using used so also then than they their its our you your i"
)
STOP = frozenset(STOP_WORDS.split())


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike (0 to 1), and the words that weigh most in that."""

    score: float
    words: tuple[str, ...]


def terms(title: str, text: str = "") -> dict[str, float]:
    """Return how much each word counts in an incident: once for the text, however often it stands there, twice for the title."""
    counts = dict.fromkeys(_words(text[:READ]), 1.0)
    for word in set(_words(title)):
        counts[word] = counts.get(word, 0.0) + TITLE_COUNTS
    return counts


def rarity(documents: int, having: int) -> float:
    """Return what a word says that so many of all documents have (the inverse document frequency)."""
    return log((1 + documents) / (1 + having)) + 1


def weighed(counts: Mapping[str, float], documents: int, frequencies: Mapping[str, int]) -> dict[str, float]:
    """Return an incident's words by weight, so that the weights' squares sum to one."""
    found = {word: count * rarity(documents, frequencies.get(word, 0)) for word, count in counts.items()}
    length = sqrt(sum(weight * weight for weight in found.values())) or 1.0
    return {word: weight / length for word, weight in found.items()}


def likeness(one: Mapping[str, float], other: Mapping[str, float]) -> Likeness:
    """Return how alike two incidents are by their weighed words."""
    shared = {word: weight * other[word] for word, weight in one.items() if word in other}
    best = sorted(shared, key=lambda word: (-shared[word], word))[:REASONS]
    return Likeness(sum(shared.values()), tuple(best))


def _words(text: str) -> Iterable[str]:
    for token in _TOKEN.findall(_MARKUP.sub(" ", text)):
        whole = token.casefold()
        parts = [part.casefold() for part in _PART.findall(token)] if not whole.isdigit() else []
        for word in {whole, *parts} if len(parts) > 1 else [whole]:
            if len(word) >= LEAST_LENGTH and word not in STOP:
                yield _stem(word)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= LEAST_STEM:
            return word[: -len(ending)]
    return word
