"""Routes of dev."""

from flask import Blueprint, render_template

from gamebash.dev.samples import sheet
from gamebash.policy import public

blueprint = Blueprint("dev", __name__, url_prefix="/dev")


@blueprint.get("/components")
@public
def components() -> str:
    """Show every component in every state."""
    page = sheet()
    # Its clock began when its samples were taken, so that what counts down has something left.
    return render_template("dev/components.html", page=page, moment=page.now.isoformat)
