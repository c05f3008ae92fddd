"""What organisers type to judge, close or cancel an event."""

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from gamebash.ceremony.award_rules import AwardRule


class ReasonForm(FlaskForm):
    """Why."""

    reason = StringField("Why", [Length(max=300)])


class ProposalForm(FlaskForm):
    """An award that a rule proposes: the rule and the handle, and why it is left out."""

    rule = SelectField("Award", choices=[rule.value for rule in AwardRule])
    handle = StringField("Player", [InputRequired("Whose award?")])
    reason = StringField("Why it is left out", [Length(max=200)])


class GivenAwardForm(FlaskForm):
    """An award by hand."""

    handle = SelectField("For", [InputRequired("Who gets it?")], validate_choice=False)
    title = StringField("What it is called", [InputRequired("Give it a name."), Length(max=60)])
    reason = StringField("Why", [InputRequired("Say why."), Length(max=200)], description="Read out at the ceremony.")
    points = IntegerField("Points from the budget", [NumberRange(0, 100, "0 to 100 points.")], default=0)


class StepForm(FlaskForm):
    """A step of the ceremony, counted from 0."""

    step = IntegerField("Step", [NumberRange(0, 1_000)])
