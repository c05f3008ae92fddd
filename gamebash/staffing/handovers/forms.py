"""The shape of what people type about handovers."""

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from gamebash.core.forms import DayField, Refusable, choices
from gamebash.staffing.handovers.checklist import DAY_WORDS
from gamebash.staffing.rulebook import LONGEST_ITEM

LONGEST_NOTES = 8_000


class ItemForm(FlaskForm):
    """Something more to pass on."""

    text = StringField(
        "Something more to pass on",
        validators=[
            InputRequired("Say what is to be passed on."),
            Length(max=LONGEST_ITEM, message=f"Keep it within {LONGEST_ITEM} letters."),
        ],
    )


class DayForm(FlaskForm):
    """A day together."""

    on = DayField("Day", validators=[InputRequired("Choose a day.")])
    kind = SelectField("What for", choices=choices((kind.value, words) for kind, words in DAY_WORDS.items()))


class NotesForm(FlaskForm):
    """What the giver wants the receiver to know."""

    notes = TextAreaField(
        "Notes for who takes over",
        validators=[Length(max=LONGEST_NOTES, message=f"Keep it within {LONGEST_NOTES:,} letters.")],
    )


class ListForm(Refusable):
    """The items with which the checklist of every handover begins, one a line."""

    items = TextAreaField("Things to pass on, one a line", validators=[InputRequired("Name at least one.")])
    seen = IntegerField(validators=[InputRequired()])

    def document(self) -> dict[str, list[str]]:
        """Return the list as plain values."""
        return {"items": [line.strip() for line in self.items.data.splitlines() if line.strip()]}
