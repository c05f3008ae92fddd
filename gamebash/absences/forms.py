"""The shape of what people type about absences."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from gamebash.absences.kinds import KIND_WORDS
from gamebash.core.forms import DayField, Refusable, choices

LONGEST_TEXT = 500_000


class AbsenceForm(Refusable):
    """Days on which somebody is away."""

    person = SelectField("Who", choices=choices([("", "Me")]))
    from_on = DayField("First day away", validators=[InputRequired("Choose the first day.")])
    until_on = DayField("Last day away", validators=[InputRequired("Choose the last day.")])
    kind = SelectField("Kind", choices=choices((kind.value, words) for kind, words in KIND_WORDS.items()))

    def offer(self, people: Iterable[tuple[str, str]]) -> None:
        """Offer these people, as handle and name, besides oneself."""
        self.person.choices = choices([("", "Me"), *people])


class ImportForm(FlaskForm):
    """A file or a text with absences."""

    whose = SelectField("Whose", choices=choices([("", "Mine")]))
    file = FileField("A .csv or .ics file", validators=[Optional()])
    text = TextAreaField(
        "Or its text",
        description="person, from, until, kind; or a calendar that begins with BEGIN:VCALENDAR",
        validators=[Optional(), Length(max=LONGEST_TEXT, message="That is too long; use a file.")],
    )

    def offer(self, people: Iterable[tuple[str, str]]) -> None:
        """Offer these people, as handle and name, and files that name their people themselves."""
        self.whose.choices = choices([("", "Mine"), ("each", "Each line names the person"), *people])
