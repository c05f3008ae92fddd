"""The shape of what people type about staffing."""

from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from gamebash.staffing.rulebook import BOUNDS, RuleKind

HALF_LIFE = BOUNDS[RuleKind.KNOWLEDGE]["half_life_days"]


class KnowledgeRuleForm(FlaskForm):
    """How fast knowledge fades."""

    half_life_days = IntegerField(
        HALF_LIFE.words,
        description=f"{HALF_LIFE.least} to {HALF_LIFE.most} days",
        validators=[
            InputRequired("Give a number of days."),
            NumberRange(HALF_LIFE.least, HALF_LIFE.most, f"Choose from {HALF_LIFE.least} to {HALF_LIFE.most} days."),
        ],
    )
    seen = IntegerField(validators=[InputRequired()])
