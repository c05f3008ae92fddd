"""What players type: a fix, a verdict, an appeal, a note."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import current_app
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from gamebash.backlog.models import RootCause
from gamebash.core.forms import MomentField, choices
from gamebash.play.fixes import FixDraft

PRESENT = "%Y-%m-%dT%H:%M"


class FixForm(FlaskForm):
    """A fix for a claimed story."""

    change_url = URLField(
        "Link to the change", [InputRequired("Give the link."), Length(max=500)], render_kw={"class": "input mono"}
    )
    what_was_done = TextAreaField(
        "What changed", [InputRequired("Say what changed."), Length(max=5000)], render_kw={"rows": 3}
    )
    root_cause = SelectField(
        "Root cause", choices=choices((cause.value, cause.value.replace("_", " ").capitalize()) for cause in RootCause)
    )
    root_cause_found = TextAreaField("How you know", [Length(max=5000)], render_kw={"rows": 2})
    prevention = TextAreaField(
        "What stops it from coming back",
        [InputRequired("Say what keeps it from coming back."), Length(max=5000)],
        render_kw={"rows": 2},
    )
    is_own_change = BooleanField("It mends a recent change of my own")
    begun_at = MomentField("First pushed at", [Optional()], format=[PRESENT, "%Y-%m-%dT%H:%M:%S"])
    deployed_at = MomentField("Deployed at", [Optional()], format=[PRESENT, "%Y-%m-%dT%H:%M:%S"])
    also = SelectField("It also solves", validate_choice=False)
    assists = SelectMultipleField(
        "Who helped", [Length(max=3, message="Name at most three people.")], validate_choice=False
    )

    def to_draft(self) -> FixDraft:
        """Return what was typed as a fix."""
        return FixDraft(
            change_url=str(self.change_url.data).strip(),
            what_was_done=str(self.what_was_done.data),
            root_cause=RootCause(self.root_cause.data),
            root_cause_found=self.root_cause_found.data or "",
            prevention=str(self.prevention.data),
            deployed_at=_utc(self.deployed_at.data),
            begun_at=_utc(self.begun_at.data),
            is_own_change=bool(self.is_own_change.data),
            assists=tuple(self.assists.data or ()),
            also=self.also.data or "",
        )

    def to_document(self) -> dict[str, str]:
        """Return what was typed so far, to be kept with the claim."""
        names = ("change_url", "what_was_done", "root_cause", "root_cause_found", "prevention")
        return {name: self[name].data or "" for name in names}


class ReviewForm(FlaskForm):
    """A verdict."""

    reason = TextAreaField("What is missing, or a word of thanks", [Length(max=1000)])


class AppealForm(FlaskForm):
    """Why another reviewer should look."""

    reason = TextAreaField(
        "Why another reviewer should look", [InputRequired("Say why."), Length(max=500)], render_kw={"rows": 2}
    )


class NoteForm(FlaskForm):
    """A note on a story."""

    text = TextAreaField(
        "Your note (Markdown)", [InputRequired("Write something."), Length(max=5000)], render_kw={"rows": 3}
    )


class ReviewerForm(FlaskForm):
    """A reviewer named by hand."""

    handle = SelectField("Reviewer", validate_choice=False)
    reason = StringField("Why", [InputRequired("Say why."), Length(max=300)])


class ReasonForm(FlaskForm):
    """Why an organiser decides something by hand."""

    reason = StringField("Why", [InputRequired("Say why."), Length(max=300)])


class BreakForm(FlaskForm):
    """Who is needed by production, and what for. Players name only themselves."""

    player = SelectMultipleField("Who is needed", validate_choice=False)
    reason = StringField(
        "What production needs them for", [InputRequired("Say why; the board shows it."), Length(max=300)]
    )
    link = StringField("Link to the incident", [Optional(), Length(max=500)])
    passes_reviews = BooleanField("Their reviews go to others")


class ExtensionForm(FlaskForm):
    """How many minutes more."""

    minutes = IntegerField(
        "Minutes", [InputRequired("How many minutes?"), NumberRange(1, 720, "1 to 720 minutes.")], default=15
    )


def _utc(value: datetime | None) -> datetime | None:
    """Read a local time as the installation's own."""
    if value is None:
        return None
    return value.replace(tzinfo=ZoneInfo(str(current_app.config["GAMEBASH_TIMEZONE"]))).astimezone(UTC)
