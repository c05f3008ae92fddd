"""Grades of stories after the dots on squash balls, their usual points and sizes."""

from enum import StrEnum


class Grade(StrEnum):
    """How big a story is, after the dots on squash balls."""

    BLUE = "blue"
    RED = "red"
    YELLOW = "yellow"
    DOUBLE_YELLOW = "double_yellow"


USUAL_POINTS = {Grade.BLUE: 1, Grade.RED: 3, Grade.YELLOW: 5, Grade.DOUBLE_YELLOW: 8}

UP_TO_HOURS = {Grade.BLUE: 1.0, Grade.RED: 3.5, Grade.YELLOW: 5.0}


def grade_for(effort_hours: float) -> Grade:
    """Return the grade that an effort suggests: under an hour, a morning, half a day and more, a day."""
    for grade, hours in UP_TO_HOURS.items():
        if effort_hours <= hours:
            return grade
    return Grade.DOUBLE_YELLOW


def least_hours(grade: Grade) -> float:
    """Return how many hours a grade begins at."""
    order = list(Grade)
    place = order.index(grade)
    return UP_TO_HOURS[order[place - 1]] if place else 0.0


def lower(one: Grade, other: Grade) -> Grade:
    """Return the smaller of two grades."""
    order = list(Grade)
    return min(one, other, key=order.index)


def counted_grade(first: Grade, second: Grade | None) -> Grade:
    """Return the grade that is paid: the smaller of two estimates; of a single one the grade below."""
    return lower(first, second) if second is not None else next_lower(first)


def next_lower(grade: Grade) -> Grade:
    """Return the grade below; the smallest stays."""
    order = list(Grade)
    return order[max(0, order.index(grade) - 1)]
