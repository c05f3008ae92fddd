"""The shape of what people type about releases and hypercare."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from gamebash.core.forms import DayField, MomentField, Refusable, choices
from gamebash.staffing.forms import rule_figure
from gamebash.staffing.hypercare.teaching import LONGEST_WHAT
from gamebash.staffing.rulebook import BOUNDS, RuleKind

LONGEST_REASON = 500


class ReleaseForm(Refusable):
    """What went out."""

    service = SelectField("Service", validators=[InputRequired("Choose a service.")])
    version = StringField(
        "Version",
        validators=[InputRequired("Say which version went out."), Length(max=80, message="Keep it within 80 letters.")],
    )
    deployed_at = MomentField("Went out", validators=[InputRequired("Say the day and the time at which it went out.")])
    authors = TextAreaField(
        "Who wrote the changes",
        description="addresses or handles, one a line or with commas",
        validators=[Length(max=4000)],
    )
    url = StringField("Where to read of it", validators=[Length(max=500, message="Keep it within 500 letters.")])
    asks = BooleanField("Ask those who built it to stay as L3", default=True)

    def offer(self, services: Iterable[tuple[str, str]]) -> None:
        """Offer these services."""
        self.service.choices = choices(services)

    @property
    def names(self) -> tuple[str, ...]:
        """The authors as typed."""
        return tuple(
            name for part in (self.authors.data or "").replace(",", "\n").splitlines() if (name := part.strip())
        )


class LessonForm(FlaskForm):
    """What was taught, to whom, when."""

    what = StringField(
        "What you taught",
        validators=[
            InputRequired("Say what you taught."),
            Length(max=LONGEST_WHAT, message=f"Keep it within {LONGEST_WHAT} letters."),
        ],
    )
    learner = SelectField("To whom", validators=[InputRequired("Choose who learned it.")])
    taught_on = DayField("On", validators=[InputRequired("Choose a day.")])

    def offer(self, learners: Iterable[tuple[str, str]]) -> None:
        """Offer these people."""
        self.learner.choices = choices(learners)


class DecisionForm(FlaskForm):
    """Why a manager decides without the evidence."""

    reason = TextAreaField(
        "Why",
        validators=[
            InputRequired("Say why. The reason stays beside it."),
            Length(max=LONGEST_REASON, message=f"Keep it within {LONGEST_REASON} letters."),
        ],
    )


class RunbookForm(FlaskForm):
    """Where the runbook is, and which alerts wake somebody."""

    runbook_url = StringField("Runbook", description="a web address", validators=[Length(max=500)])
    alerts = TextAreaField("Alerts that wake somebody", description="by their names", validators=[Length(max=500)])


class HypercareRuleForm(FlaskForm):
    """How long hypercare lasts, and what ends it."""

    days = rule_figure(RuleKind.HYPERCARE, "days")
    quiet_days = rule_figure(RuleKind.HYPERCARE, "quiet_days")
    taught = rule_figure(RuleKind.HYPERCARE, "taught")
    longest_days = rule_figure(RuleKind.HYPERCARE, "longest_days")
    seats = rule_figure(RuleKind.HYPERCARE, "seats")
    hours_per_day = rule_figure(RuleKind.HYPERCARE, "hours_per_day")
    seen = IntegerField(validators=[InputRequired()])

    def document(self) -> dict[str, int]:
        """Return the rule as plain values."""
        return {name: int(self[name].data) for name in BOUNDS[RuleKind.HYPERCARE]}
