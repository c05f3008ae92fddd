"""Solves an instance with HiGHS: the same input gives the same plan (one thread, fixed seed, ordered input)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any

import highspy
import numpy as np

from gamebash.staffing.planner.instance import Instance, Placement, Tag
from gamebash.staffing.planner.judge import costs_of, total
from gamebash.staffing.planner.model import Model, build
from gamebash.staffing.planner.units import ImpossibleError, read_placement

SEED = 7
USUAL_SECONDS = 60.0
# Costs are whole but for fairness, which is in thirtieths: closer than this, two plans cost the same.
SAME_COST = 1e-6


class Outcome(StrEnum):
    """How a search ended."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    OUT_OF_TIME = "out_of_time"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is: seconds so far, the best cost found, and what no plan can cost less than."""

    seconds: float
    best: float | None
    bound: float | None


@dataclass(frozen=True, slots=True)
class Solution:
    """The outcome, the best placement found with its cost, and the bound below which none can be."""

    outcome: Outcome
    placement: Placement | None = None
    cost: float = 0.0
    bound: float = 0.0
    seconds: float = 0.0

    @property
    def gap(self) -> float:
        """How far the cost may be above the optimum, as a share of it."""
        return max(0.0, self.cost - self.bound) / self.cost if self.cost > SAME_COST else 0.0

    @property
    def is_proven(self) -> bool:
        """Whether no plan can cost less."""
        return self.outcome is Outcome.OPTIMAL


# Told how far the search is; says whether to go on.
Listener = Callable[[Progress], bool]


def solve(
    instance: Instance,
    *,
    without: frozenset[Tag] = frozenset(),
    seconds: float = USUAL_SECONDS,
    listener: Listener | None = None,
) -> Solution:
    """Return the plan of least cost, or the best found in some seconds.

    No placement is handed over to begin from: HiGHS 1.16 then called a worse plan optimal in one of 600 small cases.
    """
    began = time.monotonic()
    try:
        model, units = build(instance, without)
    except ImpossibleError:
        return Solution(Outcome.INFEASIBLE, seconds=time.monotonic() - began)
    highs = _load(model, max(0.1, seconds - (time.monotonic() - began)))
    is_cancelled = _listen(highs, listener, model.offset) if listener else lambda: False
    highs.run()
    status = _status(highs, model)
    taken = time.monotonic() - began
    if status in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
        return Solution(Outcome.INFEASIBLE, seconds=taken)
    info = highs.getInfo()
    is_found = not model.cost or info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if not is_found:
        return Solution(Outcome.CANCELLED if is_cancelled() else Outcome.OUT_OF_TIME, seconds=taken)
    placement = read_placement(instance, units, highs.getSolution().col_value)
    cost = total(costs_of(instance, placement))
    if status == highspy.HighsModelStatus.kOptimal:
        return Solution(Outcome.OPTIMAL, placement, cost, cost, taken)
    bound = min(cost, info.mip_dual_bound + model.offset)
    return Solution(Outcome.CANCELLED if is_cancelled() else Outcome.FEASIBLE, placement, cost, bound, taken)


def is_possible(instance: Instance, without: frozenset[Tag], seconds: float) -> bool | None:
    """Say whether any placement keeps the rules but for those left out; None where that is not known in time."""
    try:
        model, _ = build(instance, without)
    except ImpossibleError:
        return False
    model.cost = [0.0] * len(model.cost)
    highs = _load(model, seconds)
    highs.run()
    status = _status(highs, model)
    if status in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
        return False
    return True if status == highspy.HighsModelStatus.kOptimal else None


class _QuietHighs(highspy.Highs):
    """HiGHS that never writes to the standard output.

    It prints a banner at the first call of its library, which is made while it is built: setting the option afterwards, as its
    documentation has it, is too late (github.com/ERGO-Code/HiGHS/issues/2749).
    """

    def enableCallbacks(self) -> None:  # noqa: N802  (its name there)
        """Turn the output off before the first call."""
        self.silent()
        super().enableCallbacks()


def _status(highs: highspy.Highs, model: Model) -> highspy.HighsModelStatus:
    """Return the outcome; HiGHS calls a model without columns empty, whether or not its rows hold."""
    if model.cost:
        return highs.getModelStatus()
    holds = all(lower <= 0 <= upper for lower, upper in zip(model.row_lower, model.row_upper, strict=True))
    return highspy.HighsModelStatus.kOptimal if holds else highspy.HighsModelStatus.kInfeasible


def _load(model: Model, seconds: float) -> highspy.Highs:
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(model.cost), len(model.row_lower)
    program.col_cost_ = np.array(model.cost, dtype=np.double)
    program.col_lower_ = np.array(model.lower, dtype=np.double)
    program.col_upper_ = np.array(model.upper, dtype=np.double)
    program.row_lower_ = np.array(model.row_lower, dtype=np.double)
    program.row_upper_ = np.array(model.row_upper, dtype=np.double)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.array(model.starts, dtype=np.int32)
    program.a_matrix_.index_ = np.array(model.indexes, dtype=np.int32)
    program.a_matrix_.value_ = np.array(model.values, dtype=np.double)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    program.integrality_ = [kinds[is_whole] for is_whole in model.is_whole]
    highs = _QuietHighs()
    for name, value in (
        ("threads", 1), ("parallel", "off"), ("random_seed", SEED), ("time_limit", seconds),
        ("mip_rel_gap", 0.0), ("mip_abs_gap", SAME_COST),
    ):  # fmt: skip
        highs.setOptionValue(name, value)
    highs.passModel(program)
    return highs


def _listen(highs: highspy.Highs, listener: Listener, offset: float) -> Callable[[], bool]:
    """Tell the listener of progress as HiGHS looks whether to go on; returns whether it was told to stop."""
    stopped: list[bool] = []

    def hear(event: Any) -> None:
        found = event.data_out
        best = found.mip_primal_bound + offset if isfinite(found.mip_primal_bound) else None
        bound = found.mip_dual_bound + offset if isfinite(found.mip_dual_bound) else None
        if not stopped and not listener(Progress(found.running_time, best, bound)):
            stopped.append(True)
        if stopped:
            event.interrupt()

    highs.cbMipInterrupt += hear
    return lambda: bool(stopped)
