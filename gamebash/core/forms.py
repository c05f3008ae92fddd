"""Parts of forms that several features use."""

from collections.abc import Iterable

from wtforms import SelectChoice


def choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Return what a select or radio field offers, from values and the words shown for them."""
    return [SelectChoice(value, words) for value, words in pairs]
