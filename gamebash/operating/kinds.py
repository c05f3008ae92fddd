"""The operating models, in words."""

from enum import StrEnum


class OperatingModel(StrEnum):
    """How a team and operations share the work of keeping production up."""

    SEPARATE = "separate"
    EIGHTY_TWENTY = "eighty_twenty"
    ROTATING = "rotating"
    SRE = "sre"


WORDS = {
    OperatingModel.SEPARATE: "Separate",
    OperatingModel.EIGHTY_TWENTY: "80/20",
    OperatingModel.ROTATING: "Rotating",
    OperatingModel.SRE: "SRE",
}
MEANINGS = {
    OperatingModel.SEPARATE: "Ops keeps production up, the team builds.",
    OperatingModel.EIGHTY_TWENTY: "The team keeps a fifth of its time for repair.",
    OperatingModel.ROTATING: "People take turns between the team and ops.",
    OperatingModel.SRE: "Reliability engineers and builders are one pool, moved by the error budget.",
}


def in_a_sentence(model: OperatingModel) -> str:
    """Return how a team works, as said after "works"."""
    return {OperatingModel.SEPARATE: "separately from ops", OperatingModel.ROTATING: "by rotation"}.get(
        model, f"by {WORDS[model]}"
    )
