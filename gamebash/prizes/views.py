"""Routes of the prizes of an event."""

from flask import Blueprint, render_template, url_for

from gamebash.core import clock
from gamebash.core.errors import InvalidError
from gamebash.core.htmx import Answer, Reply
from gamebash.events.queries.found import get_event
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, is_allowed, requires
from gamebash.prizes import prizes
from gamebash.prizes.forms import GiveForm, PrizeForm
from gamebash.prizes.moments import PrizeKind
from gamebash.prizes.queries.listing import get_player_by_number, get_prize, prizes_page

blueprint = Blueprint("prizes", __name__)


@blueprint.get("/events/<slug>/prizes")
@requires(Permission.READ)
def listing(slug: str) -> Reply:
    """Show what can be won, and who got it; organisers also what is to be handed over."""
    return _listing(slug, PrizeForm(formdata=None))


@blueprint.post("/events/<slug>/prizes")
@requires(Permission.ORGANISE_EVENTS)
def add_prize(slug: str) -> Reply:
    """Put a prize on the list."""
    form = PrizeForm()
    if not form.validate():
        return _listing(slug, form), 422
    draft = prizes.PrizeDraft(
        form.what.data or "", PrizeKind(form.kind.data), form.pieces.data or 1, form.every.data or 1
    )
    prizes.add_prize(get_event(slug), draft, by=signed_in_person(), now=clock.now())
    return _done(slug, "It is on the list, and everybody can see it.")


@blueprint.post("/events/<slug>/prizes/<int:number>/drop")
@requires(Permission.ORGANISE_EVENTS)
def drop_prize(slug: str, number: int) -> Reply:
    """Take a prize off the list."""
    prizes.drop_prize(get_prize(get_event(slug), number), by=signed_in_person(), now=clock.now())
    return _done(slug, "It is off the list.")


@blueprint.post("/events/<slug>/prizes/<int:number>/draw")
@requires(Permission.ORGANISE_EVENTS)
def draw(slug: str, number: int) -> Reply:
    """Draw who gets the next piece."""
    winner = prizes.draw(get_prize(get_event(slug), number), by=signed_in_person(), now=clock.now())
    return _done(slug, f"{winner.player.person.player_name} it is. They are told.")


@blueprint.post("/events/<slug>/prizes/<int:number>/give")
@requires(Permission.ORGANISE_EVENTS)
def give(slug: str, number: int) -> Reply:
    """Name a player for a prize."""
    form, event = GiveForm(), get_event(slug)
    if not form.validate():
        raise InvalidError("Choose who gets it, and say what for.")
    player = get_player_by_number(event, form.player.data or "")
    prizes.give(get_prize(event, number), player, form.reason.data or "", by=signed_in_person(), now=clock.now())
    return _done(slug, "Named, and told.")


@blueprint.post("/events/<slug>/prizes/<int:number>/<int:ordinal>/handed-over")
@requires(Permission.ORGANISE_EVENTS)
def hand_over(slug: str, number: int, ordinal: int) -> Reply:
    """Tick a piece off."""
    prizes.hand_over(get_prize(get_event(slug), number), ordinal, by=signed_in_person(), now=clock.now())
    return _done(slug, "Ticked off.")


@blueprint.post("/events/<slug>/prizes/<int:number>/<int:ordinal>/not-handed-over")
@requires(Permission.ORGANISE_EVENTS)
def not_handed_over(slug: str, number: int, ordinal: int) -> Reply:
    """Take a tick back."""
    prizes.not_handed_over(get_prize(get_event(slug), number), ordinal, by=signed_in_person(), now=clock.now())
    return _done(slug, "It waits to be handed over again.")


def _listing(slug: str, form: PrizeForm) -> str:
    viewer = signed_in_person()
    organises = is_allowed(viewer.roles, Permission.ORGANISE_EVENTS)
    page = prizes_page(get_event(slug), viewer, is_organiser=organises, now=clock.now())
    return render_template("prizes/prizes.html", page=page, form=form)


def _done(slug: str, message: str) -> Answer:
    return Answer(to=url_for("prizes.listing", slug=slug), message=message)
