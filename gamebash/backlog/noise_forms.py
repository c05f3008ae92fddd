"""What people type about noise rules."""

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from gamebash.backlog.models import Service
from gamebash.backlog.noise_rules import MOST_MINUTES, Conditions, Wording
from gamebash.backlog.severity import Severity
from gamebash.core.forms import DayField, choices


class RuleForm(FlaskForm):
    """A rule: what it looks for, why that is noise, and until when."""

    name = StringField("Name", [InputRequired("Give the rule a name."), Length(max=120)])
    reason = StringField("Why such incidents are noise", [InputRequired("Say why."), Length(max=200)])
    service = SelectField("Service", choices=choices([("", "Every service")]))
    title = StringField("The title holds", [Length(max=200)])
    severities = SelectMultipleField(
        "Only these severities",
        choices=choices((one.value, one.value) for one in Severity),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    shorter_minutes = IntegerField("Resolved within minutes", [Optional(), NumberRange(1, MOST_MINUTES)])
    repeats_minutes = IntegerField("Again within minutes of the one before", [Optional(), NumberRange(1, MOST_MINUTES)])
    expires_on = DayField("Last day", [Optional()])

    def wording(self) -> Wording:
        """Return what the rule is called."""
        return Wording(self.name.data or "", self.reason.data or "", self.expires_on.data)

    def conditions(self, service: Service | None) -> Conditions:
        """Return what the rule looks for."""
        return Conditions(
            service=service,
            title=self.title.data or "",
            severities=tuple(Severity(one) for one in self.severities.data or ()),
            shorter_minutes=self.shorter_minutes.data,
            repeats_minutes=self.repeats_minutes.data,
        )
