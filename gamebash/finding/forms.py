"""What is typed to keep a list."""

from flask_wtf import FlaskForm
from wtforms import StringField


class SavedViewForm(FlaskForm):
    """A list by its endpoint, the rest of its address, and a name."""

    place = StringField("List")
    query = StringField("Address")
    name = StringField("Name")
