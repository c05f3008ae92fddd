"""Routes of those who take part: joining, waiting, following, squads, and what organisers do about players."""

from flask import render_template, url_for

from gamebash.core import clock
from gamebash.core.forms import Refusable
from gamebash.core.htmx import Answer
from gamebash.events import placing, players, spectators, squads, waiting
from gamebash.events.forms import HoursForm, MemberForm, PlacingForm, RemovalForm, SquadForm
from gamebash.events.models import Event, Player
from gamebash.events.queries.found import get_event
from gamebash.events.queries.players import players_page
from gamebash.events.views import View, attempt, is_organiser
from gamebash.events.views import blueprint as blueprint
from gamebash.people.identity import signed_in_person
from gamebash.people.persons import get_person
from gamebash.policy import Permission, requires


@blueprint.get("/events/<slug>/players")
@requires(Permission.READ)
def list_players(slug: str) -> View:
    """Show who plays, alone and in squads."""
    return _players(get_event(slug))


def _players(event: Event, status: int = 200, **forms: Refusable) -> View:
    page = players_page(event, signed_in_person(), is_organiser=is_organiser(), now=clock.now())
    hours_form = forms.get("hours_form") or HoursForm(formdata=None, hours=page.hours_free)
    squad_form = forms.get("squad_form") or SquadForm(formdata=None)
    removal_form = forms.get("removal_form") or RemovalForm(formdata=None)
    return render_template(
        "events/players.html", page=page, hours_form=hours_form, squad_form=squad_form, removal_form=removal_form
    ), status


def _to_players(slug: str, message: str) -> Answer:
    return Answer(url_for(".list_players", slug=slug), message=message)


@blueprint.post("/events/<slug>/players")
@requires(Permission.PLAY)
def join_event(slug: str) -> View:
    """Take part in an event."""
    event, form, me = get_event(slug), HoursForm(), signed_in_person()
    if status := attempt(form, lambda: players.join_event(event, me, now=clock.now(), hours=form.hours.data)):
        return _players(event, status, hours_form=form)
    return _to_players(slug, f"You play in {event.name}. Join a squad, or play alone.")


@blueprint.post("/events/<slug>/players/hours")
@requires(Permission.PLAY)
def change_hours(slug: str) -> View:
    """Say how many hours one brings."""
    event, form, me = get_event(slug), HoursForm(), signed_in_person()
    if status := attempt(form, lambda: players.change_hours(event, me, hours=form.hours.data, now=clock.now())):
        return _players(event, status, hours_form=form)
    return _to_players(slug, "Your hours are saved.")


@blueprint.post("/events/<slug>/squads")
@requires(Permission.PLAY)
def create_squad(slug: str) -> View:
    """Found a squad."""
    event, form, me = get_event(slug), SquadForm(), signed_in_person()
    if status := attempt(form, lambda: squads.create_squad(event, form.name.data, captain=me, now=clock.now())):
        return _players(event, status, squad_form=form)
    return _to_players(slug, "Your squad is founded, and you are its captain.")


@blueprint.post("/events/<slug>/squads/join")
@requires(Permission.PLAY)
def join_squad(slug: str) -> View:
    """Play in a squad."""
    event, form = get_event(slug), SquadForm()
    name = form.name.data or ""
    squad = squads.join_squad(event, name, person=signed_in_person(), now=clock.now())
    return _to_players(slug, f"You play for {squad.name}.")


@blueprint.post("/events/<slug>/squads/leave")
@requires(Permission.PLAY)
def leave_squad(slug: str) -> View:
    """Play alone again."""
    squads.leave_squad(get_event(slug), person=signed_in_person(), now=clock.now())
    return _to_players(slug, "You play alone again.")


@blueprint.post("/events/<slug>/players/wait")
@requires(Permission.PLAY)
def wait_for_place(slug: str) -> View:
    """Wait for a place in a full event."""
    event, form, me, found = get_event(slug), HoursForm(), signed_in_person(), []

    def act() -> object:
        found.append(waiting.wait_for_place(event, me, now=clock.now(), hours=form.hours.data))
        return found

    if status := attempt(form, act):
        return _players(event, status, hours_form=form)
    if isinstance(found[0], Player):
        return _to_players(slug, f"A place was free: you play in {event.name}.")
    return _to_players(slug, "You wait for a place. You move up by yourself, and are told.")


@blueprint.post("/events/<slug>/players/stop-waiting")
@requires(Permission.PLAY)
def stop_waiting(slug: str) -> View:
    """Give up one's turn on the waiting list."""
    waiting.stop_waiting(get_event(slug), signed_in_person(), now=clock.now())
    return _to_players(slug, "You wait no longer.")


@blueprint.post("/events/<slug>/follow")
@requires(Permission.READ)
def follow_event(slug: str) -> View:
    """Follow an event without playing."""
    spectators.follow_event(get_event(slug), signed_in_person(), now=clock.now())
    return _to_players(slug, "You follow this event: its announcements reach you, and My day shows it.")


@blueprint.post("/events/<slug>/unfollow")
@requires(Permission.READ)
def unfollow_event(slug: str) -> View:
    """Follow an event no longer."""
    spectators.unfollow_event(get_event(slug), signed_in_person(), now=clock.now())
    return _to_players(slug, "You follow this event no longer.")


@blueprint.post("/events/<slug>/players/<handle>/remove")
@requires(Permission.ORGANISE_EVENTS)
def remove_player(slug: str, handle: str) -> View:
    """Take a player off, with a reason."""
    event, form, person = get_event(slug), RemovalForm(), get_person(handle)
    by, now, reason = signed_in_person(), clock.now(), form.reason.data or ""
    if status := attempt(form, lambda: placing.remove_player(event, person, reason=reason, by=by, now=now)):
        return _players(event, status, removal_form=form)
    return _to_players(slug, f"{person.player_name} is off, and has been told why. You can take it back below.")


@blueprint.post("/events/<slug>/players/<handle>/restore")
@requires(Permission.ORGANISE_EVENTS)
def restore_player(slug: str, handle: str) -> View:
    """Take a removal back."""
    person = get_person(handle)
    placing.restore_player(get_event(slug), person, by=signed_in_person(), now=clock.now())
    return _to_players(slug, f"{person.player_name} is in again.")


@blueprint.post("/events/<slug>/players/<handle>/place")
@requires(Permission.ORGANISE_EVENTS)
def place_player(slug: str, handle: str) -> View:
    """Put a player into a squad, or let them play alone."""
    person, form = get_person(handle), PlacingForm()
    squad = form.squad.data or ""
    placing.place_player(get_event(slug), person, squad, by=signed_in_person(), now=clock.now())
    words = f"plays for {squad}" if squad.strip() else "plays alone"
    return _to_players(slug, f"{person.player_name} {words} now.")


@blueprint.post("/events/<slug>/squads/rename")
@requires(Permission.PLAY)
def rename_squad(slug: str) -> View:
    """Give one's squad another name."""
    event, form, me = get_event(slug), SquadForm(), signed_in_person()
    if status := attempt(form, lambda: squads.rename_squad(event, form.name.data, by=me, now=clock.now())):
        return _players(event, status, squad_form=form)
    return _to_players(slug, f"Your squad is called {form.name.data} now.")


@blueprint.post("/events/<slug>/squads/hand-over")
@requires(Permission.PLAY)
def hand_over_squad(slug: str) -> View:
    """Make another member the captain."""
    to = get_person(MemberForm().handle.data or "")
    squads.hand_over_squad(get_event(slug), to, by=signed_in_person(), now=clock.now())
    return _to_players(slug, f"{to.player_name} is captain now.")


@blueprint.post("/events/<slug>/squads/invite")
@requires(Permission.PLAY)
def invite_to_squad(slug: str) -> View:
    """Ask somebody into one's squad."""
    person = get_person(MemberForm().handle.data or "")
    squads.invite_to_squad(get_event(slug), person, by=signed_in_person(), now=clock.now())
    return _to_players(slug, f"{person.player_name} has been asked.")


@blueprint.post("/events/<slug>/squads/accept")
@requires(Permission.PLAY)
def accept_invitation(slug: str) -> View:
    """Play for the squad that asked."""
    name = SquadForm().name.data or ""
    squads.accept_invitation(get_event(slug), name, person=signed_in_person(), now=clock.now())
    return _to_players(slug, f"You play for {name}.")


@blueprint.post("/events/<slug>/squads/decline")
@requires(Permission.PLAY)
def decline_invitation(slug: str) -> View:
    """Say no to a squad that asked."""
    name = SquadForm().name.data or ""
    squads.decline_invitation(get_event(slug), name, person=signed_in_person(), now=clock.now())
    return _to_players(slug, f"Declined. The captain of {name} is told.")
