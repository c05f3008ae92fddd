"""What organisers type to award or correct points."""

from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange


class AwardForm(FlaskForm):
    """Points from the budget, with a reason."""

    points = IntegerField("Points", [InputRequired("How many points?"), NumberRange(1, 100, "1 to 100 points.")])
    reason = StringField("Why, for everybody to read", [InputRequired("Say why."), Length(max=300)])


class CorrectionForm(FlaskForm):
    """Why an entry is taken back."""

    reason = StringField("Why it is taken back", [InputRequired("Say why."), Length(max=300)])
