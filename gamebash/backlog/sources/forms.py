"""What people type about sources."""

from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from gamebash.backlog.severity import Severity
from gamebash.backlog.sources.setting_up import LEAST_MINUTES, MOST_MINUTES, Wishes
from gamebash.core.forms import choices

SETTING_PREFIX = "setting-"
WORD_PREFIX = "word-"
VARIABLE_HINT = "A variable whose name begins with GAMEBASH_SOURCE_."


class SourceForm(FlaskForm):
    """A source: what every kind has."""

    name = StringField("Name", [Length(max=80)], description="How its incidents are told from others.")
    secret = PasswordField("Secret", [Length(max=4_000)])
    secret_env = StringField("Or the variable that holds it", [Length(max=120)], description=VARIABLE_HINT)
    hook_secret = PasswordField("Secret of its webhooks", [Length(max=400)])
    hook_secret_env = StringField("Or the variable that holds it", [Length(max=120)], description=VARIABLE_HINT)
    sync_minutes = IntegerField(
        "Sync every so many minutes",
        [Optional(), NumberRange(LEAST_MINUTES, MOST_MINUTES)],
        description="Empty for by hand only.",
    )
    usual_severity = SelectField(
        "Severity where it gives none", [InputRequired()], choices=choices((one.value, one.value) for one in Severity)
    )
    is_writing_back = BooleanField("Say at the source when a fix was accepted")

    def wishes(self, sent: Mapping[str, str]) -> Wishes:
        """Return what was typed; the settings of its kind come by their own names."""
        settings = {
            name.removeprefix(SETTING_PREFIX): value for name, value in sent.items() if name.startswith(SETTING_PREFIX)
        }
        return Wishes(
            settings=settings,
            secret=self.secret.data or "",
            secret_env=(self.secret_env.data or "").strip(),
            hook_secret=self.hook_secret.data or "",
            hook_secret_env=(self.hook_secret_env.data or "").strip(),
            sync_minutes=self.sync_minutes.data,
            usual_severity=Severity(self.usual_severity.data),
            is_writing_back=bool(self.is_writing_back.data),
        )


def words_sent(sent: Mapping[str, str]) -> dict[str, str]:
    """Return the severities chosen for words."""
    return {name.removeprefix(WORD_PREFIX): value for name, value in sent.items() if name.startswith(WORD_PREFIX)}
