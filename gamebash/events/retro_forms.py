"""What people answer after an event, and what organisers keep of it."""

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from gamebash.core.forms import choices
from gamebash.events.survey import LONGEST, SurveyDraft

SCALE = [("5", "5, any time"), ("4", "4"), ("3", "3, so so"), ("2", "2"), ("1", "1, no")]


class SurveyForm(FlaskForm):
    """Two minutes, three questions."""

    worth = RadioField("Was it worth the day?", [InputRequired("Choose from 1 to 5.")], choices=choices(SCALE))
    automatic = TextAreaField(
        "What became automatic, or should?",
        [Length(max=LONGEST)],
        description="Anything that nobody has to do by hand any more.",
    )
    change = TextAreaField("What should change next time?", [Length(max=LONGEST)], description="One thing is enough.")

    def to_draft(self) -> SurveyDraft:
        """Return the answer."""
        return SurveyDraft(int(self.worth.data), self.automatic.data or "", self.change.data or "")


class LessonForm(FlaskForm):
    """A lesson in one sentence."""

    text = StringField("Lesson", [Length(max=300)])
