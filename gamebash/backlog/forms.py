"""What people type about incidents and files."""

from collections.abc import Mapping as Mapping_

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from gamebash.backlog.imports.amounts import Unit
from gamebash.backlog.imports.dates import DateOrder
from gamebash.backlog.imports.mapping import NAMES, Mapping
from gamebash.backlog.imports.survey import WORDS_SHOWN
from gamebash.backlog.models import RootCause
from gamebash.backlog.severity import Severity
from gamebash.core.forms import choices


class UploadForm(FlaskForm):
    """A file and where it comes from."""

    file = FileField("File", [FileRequired("Choose a file.")])
    source = StringField("Source", [InputRequired("Name the source."), Length(max=80)])


class NoiseForm(FlaskForm):
    """Why an incident is noise, or is none."""

    reason = StringField("Why", [InputRequired("Say why."), Length(max=200)])


class CauseForm(FlaskForm):
    """A root cause."""

    cause = SelectField(
        "Root cause",
        choices=choices(
            [("", "Not named yet"), *((one.value, one.value.replace("_", " ").capitalize()) for one in RootCause)]
        ),
    )


class MappingForm(FlaskForm):
    """Which column means what; the fields are named after the record's own."""

    date_order = SelectField(
        "Dates are written",
        choices=choices(
            [
                (DateOrder.UNNEEDED.value, "Year first, or with the month as a word"),
                (DateOrder.DAY_FIRST.value, "Day first: 3/4 is 3 April"),
                (DateOrder.MONTH_FIRST.value, "Month first: 3/4 is 4 March"),
                (DateOrder.AMBIGUOUS.value, "Say which: the file does not tell"),
            ]
        ),
    )
    zone = StringField("Time zone where a time names none", [Length(max=40)])

    unit = SelectField(
        "A bare number of impact counts",
        choices=choices([(one.value, one.value) for one in Unit]),
        default=Unit.MINUTES.value,
    )
    comma = SelectField(
        "Fractions are written with",
        choices=choices([("", "a point: 1.5"), ("1", "a comma: 1,5")]),
        default="",
    )

    def to_mapping(self, chosen: Mapping_[str, str]) -> Mapping:
        """Return the mapping that was chosen; the words for severity stand in ``word-0``, what they mean in ``means-0``."""
        columns = {name: chosen[name] for name in NAMES if chosen.get(name)}
        severities = {
            chosen[f"word-{number}"]: chosen[f"means-{number}"]
            for number in range(WORDS_SHOWN)
            if chosen.get(f"word-{number}") and chosen.get(f"means-{number}") in set(Severity)
        }
        return Mapping(
            columns,
            DateOrder(self.date_order.data),
            self.zone.data or "UTC",
            severities,
            Unit(self.unit.data or Unit.MINUTES),
            bool(self.comma.data),
        )


def shown_mapping(mapping: Mapping) -> dict[str, str]:
    """Return what the form shows of a mapping beside its columns."""
    return {
        "date_order": mapping.date_order.value,
        "zone": mapping.zone,
        "unit": mapping.unit.value,
        "comma": "1" if mapping.has_decimal_comma else "",
    }
