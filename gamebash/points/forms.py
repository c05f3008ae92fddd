"""What organisers type to award or correct points."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional


class AwardForm(FlaskForm):
    """Points from the budget, with a reason."""

    points = IntegerField("Points", [InputRequired("How many points?"), NumberRange(1, 100, "1 to 100 points.")])
    reason = StringField("Why, for everybody to read", [InputRequired("Say why."), Length(max=300)])


class CorrectionForm(FlaskForm):
    """Why an entry is taken back."""

    reason = StringField("Why it is taken back", [InputRequired("Say why."), Length(max=300)])


class ReasonForm(FlaskForm):
    """Why a leaderboard is hidden."""

    reason = StringField("Why, for everybody to read", [Length(max=300)])


class BalanceForm(FlaskForm):
    """How many squads, and whether those that people formed stay together."""

    number = IntegerField("Squads", [Optional(), NumberRange(1, 200, "From 1 to 200 squads.")])
    together = BooleanField("Squads that people formed stay together")
    seen = HiddenField()
