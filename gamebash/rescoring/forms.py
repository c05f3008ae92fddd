"""What organisers type to rescore."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import Length

from gamebash.core.errors import InvalidError
from gamebash.core.forms import choices
from gamebash.rescoring.choosing import Choice
from gamebash.rescoring.plan import Deed

DEEDS = (
    (Deed.TAKE_BACK.value, "Take back what they paid"),
    (Deed.PAY_ANEW.value, "Pay them anew by the rules of the event"),
    (Deed.GIVE_BACK.value, "Give back what a watch took: it did not come back after all"),
    (Deed.GIVE_TO.value, "Give what the author got to somebody else"),
)


class RescoreForm(FlaskForm):
    """Which fixes, what to do with them, and why. ``seen`` is the line of the ledger that was looked at."""

    author = SelectField("Fixes by", validate_choice=False)
    reviewer = SelectField("Accepted by", validate_choice=False)
    story = StringField("For the story", [Length(max=20)])
    only_failed = BooleanField("Only those that failed a second look")
    deed = SelectField("What to do", choices=choices(DEEDS))
    to = SelectField("Give it to", validate_choice=False)
    reason = StringField("Why, for everybody to read", [Length(max=200)])
    seen = HiddenField()

    def offer(self, players: tuple[tuple[str, str], ...]) -> "RescoreForm":
        """Offer the players of the event."""
        listed = choices((("", "Anybody"), *players))
        self.author.choices = self.reviewer.choices = listed
        self.to.choices = choices((("", "Nobody"), *players))
        return self

    def to_choice(self) -> Choice:
        """Return what was asked for.

        Raises:
            InvalidError: where the deed is none.
        """
        if not self.validate():
            raise InvalidError("Choose what to do with these fixes, and keep the reason within 200 letters.")
        return Choice(
            deed=Deed(self.deed.data),
            author=self.author.data or "",
            reviewer=self.reviewer.data or "",
            story=(self.story.data or "").strip(),
            only_failed=bool(self.only_failed.data),
            to=self.to.data or "",
            reason=self.reason.data or "",
        )

    @property
    def seen_seq(self) -> int:
        """The line of the ledger that the preview was worked out from."""
        return int(self.seen.data) if str(self.seen.data or "").isdecimal() else -1
