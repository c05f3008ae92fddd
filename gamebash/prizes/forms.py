"""What organisers type about prizes."""

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from gamebash.core.forms import choices
from gamebash.prizes.moments import WORDS, PrizeKind


class PrizeForm(FlaskForm):
    """A prize to put on the list."""

    what = StringField(
        "What it is",
        [InputRequired("Say what the prize is."), Length(max=80)],
        description="Small: a coffee, a sticker.",
    )
    kind = SelectField("What for", choices=choices((kind.value, WORDS[kind]) for kind in PrizeKind))
    pieces = IntegerField(
        "How many there are", [InputRequired("How many?"), NumberRange(1, 500, "1 to 500.")], default=1
    )
    every = IntegerField(
        "For every how many squashes",
        [Optional(), NumberRange(1, 1_000, "1 to 1,000.")],
        default=10,
        description="Only where it falls due every so many squashes.",
    )


class GiveForm(FlaskForm):
    """Who gets a prize by hand, and why."""

    player = SelectField("Who", [InputRequired("Who gets it?")], validate_choice=False)
    reason = StringField("What for", [InputRequired("Say what for."), Length(max=200)])
