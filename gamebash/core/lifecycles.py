"""State tables: one dict from state to the verbs allowed in it and the state each leads to."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from gamebash.core.errors import DomainError

S = TypeVar("S", bound=StrEnum)


class WrongStateError(DomainError):
    """The verb does not fit the present state, which the message names."""


def next_state(table: Mapping[S, Mapping[str, S]], state: S, verb: str, what: str) -> S:
    """Return the state that a verb leads to.

    Raises:
        WrongStateError: where the verb is not allowed in this state; names the state and what is.
    """
    allowed = table[state]
    if verb in allowed:
        return allowed[verb]
    present = state.value.replace("_", " ")
    can = ", ".join(name.replace("_", " ") for name in allowed) or "nothing more"
    message = f"{what} is {present}, so you cannot {verb.replace('_', ' ')} it. From here: {can}."
    raise WrongStateError(message)
