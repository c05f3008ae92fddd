"""The shape of what people type about operating models."""

from collections.abc import Iterable

from wtforms import BooleanField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from gamebash.core.forms import DayField, Refusable, choices
from gamebash.operating.kinds import MEANINGS, WORDS
from gamebash.rotation.membership import TeamBadge


class _SwitchForm(Refusable):
    """A model and its first day."""

    model = RadioField(
        "Works",
        choices=choices((model.value, f"{words}: {MEANINGS[model]}") for model, words in WORDS.items()),
        validators=[InputRequired("Choose how the team works.")],
    )
    starts_on = DayField("From", validators=[InputRequired("Choose the first day of it.")])


class SwitchForm(_SwitchForm):
    """How a team works from a day on."""

    team = SelectField("Team", validators=[InputRequired("Choose a team.")])
    reason = TextAreaField(
        "Why",
        description="what is hoped for, so that it can be looked at later",
        validators=[
            InputRequired("Say why. It stays in the log."),
            Length(max=500, message="Keep it within 500 letters."),
        ],
    )

    def offer(self, teams: Iterable[TeamBadge]) -> None:
        """Offer these teams."""
        self.team.choices = choices(
            [("", "Choose a team"), *((team.code, f"{team.code} {team.name}") for team in teams)]
        )


class SwitchCorrectionForm(_SwitchForm):
    """What a wrong entry should have said, or that it is taken out."""

    takes_out = BooleanField("Take the entry out: it never happened")
    reason = TextAreaField(
        "What was wrong",
        validators=[
            InputRequired("Say what was wrong. It stays in the log beside the entry."),
            Length(max=500, message="Keep it within 500 letters."),
        ],
    )
