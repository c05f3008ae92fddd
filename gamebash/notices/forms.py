"""The shape of how somebody wants to hear of things."""

from flask import current_app
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TimeField
from wtforms.validators import Length, Optional

from gamebash.core.forms import choices
from gamebash.notices.kinds import WORDS, NoticeKind, Way
from gamebash.notices.quiet import Quiet

WAYS = ((Way.APP.value, "Here"), (Way.MAIL.value, "Here and by mail"), (Way.NONE.value, "Not at all"))


class WishesBase(FlaskForm):
    """A way for each kind of notice, and quiet hours."""

    quiet_from = TimeField("Mail waits from", validators=[Optional()])
    quiet_to = TimeField("to", validators=[Optional()])
    zone = StringField("In the time zone", validators=[Optional(), Length(max=64)])

    def to_ways(self) -> dict[NoticeKind, Way]:
        """Return what was chosen for each kind."""
        return {kind: Way(self[kind.value].data) for kind in NoticeKind}

    def to_quiet(self) -> Quiet | None:
        """Return the quiet hours; none where one end is left out."""
        if self.quiet_from.data is None or self.quiet_to.data is None:
            return None
        begin, end = (one.hour * 60 + one.minute for one in (self.quiet_from.data, self.quiet_to.data))
        return Quiet(begin, end, self.zone.data or str(current_app.config["GAMEBASH_TIMEZONE"]))


# One field for each kind, so that a kind cannot be added without its field.
WishesForm: type[WishesBase] = type(
    "WishesForm",
    (WishesBase,),
    {kind.value: SelectField(words, choices=choices(WAYS), default=Way.APP.value) for kind, words in WORDS.items()},
)
