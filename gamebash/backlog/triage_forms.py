"""What people type while they decide."""

from datetime import date, datetime, timedelta

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import Length, Optional

from gamebash.core.forms import DayField, choices

REASONS = ("Flapping", "False alarm", "Nothing to do", "Poor detail", "Duplicate")
USUAL_SNOOZE = timedelta(days=14)


class DecideForm(FlaskForm):
    """A decision about one or several problems, with what it needs."""

    reason = SelectField("Why it is noise", choices=choices((one, one) for one in REASONS), validate_choice=False)
    into = StringField("Key of the other problem", [Length(max=16)])
    until = DayField("Until", [Optional()])

    def until_or_usual(self, now: datetime) -> date:
        """Return the day until which it is put off."""
        return self.until.data or (now + USUAL_SNOOZE).date()
