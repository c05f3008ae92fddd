"""The states of the game's things that more than its models need."""

from enum import StrEnum


class ChangeState(StrEnum):
    """Where a change stands at its host."""

    UNKNOWN = "unknown"
    OPEN = "open"
    MERGED = "merged"
    DEPLOYED = "deployed"
    CLOSED = "closed"
