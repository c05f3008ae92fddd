"""Routes of one move: logged, answered, approved, corrected, cancelled; and of swaps."""

from typing import Any

from flask import render_template, request, url_for

from gamebash.core import clock
from gamebash.core.errors import DomainError
from gamebash.core.htmx import Answer
from gamebash.people.identity import signed_in_person
from gamebash.people.persons import get_person
from gamebash.policy import Permission, is_allowed, requires
from gamebash.rotation import approvals, consents, moves, swaps
from gamebash.rotation.forms import CorrectionForm, MoveForm, ReasonForm, SwapForm
from gamebash.rotation.kinds import MoveKind
from gamebash.rotation.models import Move, Team
from gamebash.rotation.parts import parts_of_move
from gamebash.rotation.queries.found import get_move, get_team, offered_people, team_badges
from gamebash.rotation.queries.moves import MovePage, cancel_page, correction_page, move_page, one_move_page
from gamebash.rotation.views import blueprint as blueprint

# What Flask takes from a view, or our Answer, which its types do not know.
View = Any


def _team(code: str | None) -> Team | None:
    return get_team(code) if code else None


@blueprint.route("/rotation/moves/new", methods=["GET", "POST"])
@requires(Permission.LOG_MOVES)
def log_move() -> View:
    """Log a move, or say why it contradicts the log."""
    form = MoveForm()
    form.offer(offered_people(), tuple(team_badges().values()))
    if not form.validate_on_submit():
        return render_template("rotation/log_move.html", form=form), 422 if form.errors else 200
    try:
        move = moves.log_move(get_person(form.person.data), _draft(form), by=signed_in_person(), now=clock.now())
    except DomainError as refusal:
        form.refuse(str(refusal))
        return render_template("rotation/log_move.html", form=form), int(refusal.status)
    return Answer(url_for(".person", handle=move.person.handle), message=f"Logged as move {move.number}.")


def _draft(form: MoveForm | CorrectionForm) -> moves.MoveDraft:
    kind = MoveKind(form.kind.data) if isinstance(form, MoveForm) and form.kind.data else None
    return moves.MoveDraft(
        _team(form.from_team.data), _team(form.to_team.data), form.effective_on.data, form.reason.data or "", kind
    )


@blueprint.route("/rotation/moves/<int:number>/correct", methods=["GET", "POST"])
@requires(Permission.LOG_MOVES)
def correct_move(number: int) -> View:
    """Ask what was wrong, show what would change, and once that is confirmed log the correction."""
    move = get_move(number)
    form = _correction_form(move)
    step = request.form.get("step")
    if step not in {"show", "save"} or not form.validate():
        return _correction(move_page(move), form, 422 if form.errors else 200)
    try:
        if step == "save":
            return _corrected(move, form)
        return _correction(correction_page(move, _correction_draft(form), today=clock.now().date()), form)
    except DomainError as refusal:
        form.refuse(str(refusal))
        return _correction(move_page(move), form, int(refusal.status))


def _correction_form(move: Move) -> CorrectionForm:
    logged = {
        "from_team": move.from_team.code if move.from_team else "",
        "to_team": move.to_team.code if move.to_team else "",
        "effective_on": move.effective_on,
    }
    form = CorrectionForm(data=logged)
    form.offer_teams(tuple(team_badges().values()))
    return form


def _correction(page: MovePage, form: CorrectionForm, status: int = 200) -> View:
    name = "foreseen" if page.change else "correct_move"
    return render_template(f"rotation/{name}.html", page=page, form=form), status


def _correction_draft(form: CorrectionForm) -> moves.MoveDraft | None:
    return None if form.takes_out.data else _draft(form)


def _corrected(move: Move, form: CorrectionForm) -> Answer:
    correction = moves.correct_move(
        move, _correction_draft(form), reason=form.reason.data, by=signed_in_person(), now=clock.now()
    )
    message = f"Move {move.number} no longer counts; move {correction.number} stands in its place."
    return Answer(url_for(".person", handle=move.person.handle), message=message)


@blueprint.route("/rotation/moves/<int:number>/approve", methods=["GET", "POST"])
@requires(Permission.LOG_MOVES)
def approve_move(number: int) -> View:
    """Show the move once more, then say yes to it for good."""
    move = get_move(number)
    if request.method == "GET":
        return render_template("rotation/approve_move.html", page=move_page(move))
    approvals.approve_move(move, by=signed_in_person(), now=clock.now())
    return Answer(url_for(".show_move", number=number), message=f"Move {number} is approved.")


@blueprint.get("/rotation/moves/<int:number>")
@requires(Permission.READ)
def show_move(number: int) -> View:
    """Show one move: how it stands, and what the reader can say to it."""
    return _show(get_move(number), ReasonForm(formdata=None))


def _show(move: Move, form: ReasonForm, status: int = 200) -> View:
    viewer = signed_in_person()
    can_log = is_allowed(viewer.roles, Permission.LOG_MOVES)
    today = clock.now().date()
    page = one_move_page(move, viewer, today=today, can_log=can_log)
    parts = parts_of_move(move, viewer, today)
    return render_template("rotation/move.html", page=page, form=form, parts=parts), status


@blueprint.post("/rotation/moves/<int:number>/agree")
@requires(Permission.ANSWER_MOVES)
def agree_to_move(number: int) -> View:
    """Say yes to being moved."""
    consents.agree_to_move(get_move(number), by=signed_in_person(), now=clock.now())
    return Answer(url_for(".show_move", number=number), message="You agreed. Thank you for saying so.")


@blueprint.post("/rotation/moves/<int:number>/decline")
@requires(Permission.ANSWER_MOVES)
def decline_move(number: int) -> View:
    """Say no to being moved, and why."""
    move, form = get_move(number), ReasonForm()
    if not form.validate():
        return _show(move, form, 422)
    consents.decline_move(move, reason=form.reason.data, by=signed_in_person(), now=clock.now())
    return Answer(url_for(".show_move", number=number), message="You declined, and the move no longer counts.")


@blueprint.post("/rotation/moves/<int:number>/word")
@requires(Permission.LOG_MOVES)
def give_word(number: int) -> View:
    """Let a declined move stand by a manager's word."""
    move, form = get_move(number), ReasonForm()
    if not form.validate():
        return _show(move, form, 422)
    standing = consents.give_word(move, reason=form.reason.data, by=signed_in_person(), now=clock.now())
    message = f"It stands by your word, as move {standing.number}. {move.person.name} is told why."
    return Answer(url_for(".show_move", number=standing.number), message=message)


@blueprint.route("/rotation/moves/<int:number>/cancel", methods=["GET", "POST"])
@requires(Permission.LOG_MOVES)
def cancel_move(number: int) -> View:
    """Show what falls if a planned move is cancelled, then cancel it."""
    move, form = get_move(number), ReasonForm()
    if not form.validate_on_submit():
        page = cancel_page(move, now=clock.now())
        return render_template("rotation/cancel_move.html", page=page, form=form), 422 if form.errors else 200
    fallen = moves.cancel_move(move, reason=form.reason.data, by=signed_in_person(), now=clock.now())
    others = f" {len(fallen) - 1} more fell with it." if len(fallen) > 1 else ""
    return Answer(url_for(".show_move", number=number), message=f"Move {number} is cancelled.{others}")


@blueprint.route("/rotation/swaps/new", methods=["GET", "POST"])
@requires(Permission.LOG_MOVES)
def log_swap() -> View:
    """Let two people change places on a day."""
    form = SwapForm(data={"one": request.args.get("person", "")})
    form.offer(offered_people())
    if not form.validate_on_submit():
        return render_template("rotation/log_swap.html", form=form), 422 if form.errors else 200
    people = get_person(form.one.data), get_person(form.other.data)
    swap = swaps.Swap(*people, form.effective_on.data, form.reason.data or "")
    try:
        one, other = swaps.log_swap(swap, by=signed_in_person(), now=clock.now())
    except DomainError as refusal:
        form.refuse(str(refusal))
        return render_template("rotation/log_swap.html", form=form), int(refusal.status)
    message = f"Logged as moves {one.number} and {other.number}. Both people are asked."
    return Answer(url_for(".show_move", number=one.number), message=message)
