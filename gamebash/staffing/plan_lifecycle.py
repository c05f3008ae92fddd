"""What may happen to a rotation plan, and from which state."""

from enum import StrEnum


class PlanState(StrEnum):
    """Where a plan stands."""

    WAITING = "waiting"
    SOLVING = "solving"
    DRAFT = "draft"
    IMPOSSIBLE = "impossible"
    STOPPED = "stopped"
    APPROVED = "approved"
    DROPPED = "dropped"


TRANSITIONS: dict[PlanState, dict[str, PlanState]] = {
    PlanState.WAITING: {"begin": PlanState.SOLVING, "stop": PlanState.STOPPED},
    PlanState.SOLVING: {"find": PlanState.DRAFT, "find_none": PlanState.IMPOSSIBLE, "stop": PlanState.STOPPED},
    PlanState.DRAFT: {"approve": PlanState.APPROVED, "drop": PlanState.DROPPED},
    PlanState.IMPOSSIBLE: {"drop": PlanState.DROPPED},
    PlanState.STOPPED: {"drop": PlanState.DROPPED},
    PlanState.APPROVED: {},
    PlanState.DROPPED: {},
}

STATE_WORDS = {
    PlanState.WAITING: "Waiting", PlanState.SOLVING: "Being worked out", PlanState.DRAFT: "Draft",
    PlanState.IMPOSSIBLE: "No plan possible", PlanState.STOPPED: "Stopped", PlanState.APPROVED: "Approved",
    PlanState.DROPPED: "Dropped",
}  # fmt: skip
