"""Parts of forms that several features use."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, DateTimeLocalField, SelectChoice

from gamebash.core.days import OUTSIDE, is_usual


class Refusable(FlaskForm):
    """A form that can say why what it holds was refused."""

    def refuse(self, message: str) -> None:
        """Say on top of the form why it was refused."""
        self.form_errors.append(message)


class _Usual:
    """Of a field of days: one outside the years that are counted with is refused in the field."""

    data: Any

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was sent."""
        super().process_formdata(valuelist)  # type: ignore[misc]
        if self.data is not None and not is_usual(self.data):
            self.data = None
            raise ValueError(OUTSIDE)


class DayField(_Usual, DateField):
    """A day in the years that are counted with."""


class MomentField(_Usual, DateTimeLocalField):
    """A day and a time in the years that are counted with."""


def choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Return what a select or radio field offers, from values and the words shown for them."""
    return [SelectChoice(value, words) for value, words in pairs]
