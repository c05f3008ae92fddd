"""What organisers type to close or cancel an event."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length


class ReasonForm(FlaskForm):
    """Why."""

    reason = StringField("Why", [Length(max=300)])
