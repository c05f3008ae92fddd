"""What organisers type about the room of an event."""

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from gamebash.chat.kinds import LABELS
from gamebash.core.forms import choices


class RoomForm(FlaskForm):
    """Where an event is told of."""

    kind = SelectField("Kind of chat", choices=choices((kind.value, words) for kind, words in LABELS.items()))
    address = StringField(
        "Address for messages",
        [InputRequired("Copy the address from the settings of the chat."), Length(max=1_000)],
        description="The chat gives it out for a room, mostly under “incoming webhook” or “workflow”. "
        "It is kept encrypted and not shown again.",
    )
