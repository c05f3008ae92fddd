"""The shape of what an admin types before somebody is made anonymous."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length, Optional, ValidationError

MOST_WORDS = 10
SHORTEST = 3


class ErasureForm(FlaskForm):
    """Further words to take out, and the handle typed once more."""

    extra = StringField(
        "Other words they are known by",
        description="a nickname, a former name; with commas between",
        validators=[Optional(), Length(max=400, message="Keep it within 400 letters.")],
    )
    typed = StringField("Type their handle to go on")

    @property
    def words(self) -> tuple[str, ...]:
        """The further words."""
        return tuple(word for part in (self.extra.data or "").split(",") if (word := part.strip()))

    def validate_extra(self, _field: StringField) -> None:
        """Refuse words so short that they would take out much else."""
        if len(self.words) > MOST_WORDS or any(len(word) < SHORTEST for word in self.words):
            message = f"Up to {MOST_WORDS} words of {SHORTEST} letters and more; shorter ones would be found in other words' places."
            raise ValidationError(message)
