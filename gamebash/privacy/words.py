"""The words by which a person is known, and texts without them."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Words:
    """What names a person, and what stands there instead.

    ``names`` (full name, alias, address, and what an admin adds) are replaced as whole words in any writing. The handle
    looks like an ordinary word where the name is one, so it is replaced where it is all there is, and in addresses of pages.
    """

    names: tuple[str, ...]
    handle: str
    stand_in: str
    new_handle: str

    @cached_property
    def needles(self) -> tuple[str, ...]:
        """What to look for in the database: each word as it is, and as JSON writes it."""
        plain = [*self.names, self.handle]
        return tuple(dict.fromkeys(needle for word in plain for needle in (word, json.dumps(word)[1:-1]) if word))

    @cached_property
    def _named(self) -> re.Pattern[str]:
        words = sorted(self.names, key=len, reverse=True)
        return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(word) for word in words) + r")(?!\w)", re.IGNORECASE)

    @cached_property
    def _linked(self) -> re.Pattern[str]:
        handle = re.escape(self.handle)
        free = rf"|(?<![\w-]){handle}(?![\w-])" if "-" in self.handle else ""
        return re.compile(rf"(?<=/){handle}(?![\w-]){free}")

    def erased(self, text: str) -> str:
        """Return a text without the person."""
        if text == self.handle:
            return self.new_handle
        return self._linked.sub(self.new_handle, self._named.sub(self.stand_in, text))

    def erased_in(self, value: Any) -> Any:
        """Return what JSON holds without the person, at any depth."""
        if isinstance(value, str):
            return self.erased(value)
        if isinstance(value, dict):
            return {self.erased(str(key)): self.erased_in(one) for key, one in value.items()}
        return [self.erased_in(one) for one in value] if isinstance(value, list) else value


def words_of(name: str, others: Sequence[str | None]) -> tuple[str, ...]:
    """Return the full name, the same with the family name first, and the other words, without empty ones."""
    *given, family = name.split() or [""]
    turned = f"{family}, {' '.join(given)}" if given else ""
    found = (" ".join(name.split()), name, turned, *(word.strip() for word in others if word))
    return tuple(dict.fromkeys(word for word in found if word))
