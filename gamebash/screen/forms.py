"""What an organiser chooses when a link to the big screen is made."""

from flask_wtf import FlaskForm
from wtforms import BooleanField


class ScreenLinkForm(FlaskForm):
    """Whether the screen makes a sound; it does not unless somebody wants it."""

    has_knock = BooleanField(
        "Knock once, softly, when a story is squashed",
        description="Browsers ask for one press first: the screen shows “Sound on” until somebody presses it.",
    )
