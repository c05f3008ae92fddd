"""Routes of the knowledge map."""

from datetime import date

from flask import Blueprint, render_template, request, url_for

from gamebash.core import clock
from gamebash.core.htmx import Answer, Reply, wants_fragment
from gamebash.core.paging import page_number
from gamebash.people.identity import signed_in_person
from gamebash.policy import Permission, is_allowed, requires
from gamebash.staffing.forms import KnowledgeRuleForm
from gamebash.staffing.queries.knowledge import KnowledgePage, MapFilter, knowledge_page, service_page
from gamebash.staffing.rulebook import RuleKind
from gamebash.staffing.rules import set_rule

blueprint = Blueprint("knowledge", __name__)

MOST_GONE = 40


def _today() -> date:
    return clock.now().date()


def _filter() -> MapFilter:
    def text(name: str) -> str:
        return request.args.get(name, "").strip()[:80]

    gone = dict.fromkeys(handle for handle in request.args.getlist("without")[:MOST_GONE] if handle)
    return MapFilter(text("team"), text("q"), text("person"), text("show"), tuple(gone))


def _page() -> KnowledgePage:
    can_set = is_allowed(signed_in_person().roles, Permission.PLAN_STAFFING)
    return knowledge_page(_filter(), page_number(request.args.get("page")), today=_today(), can_set=can_set)


@blueprint.get("/knowledge")
@requires(Permission.READ)
def show_map() -> Reply:
    """Show who knows which service, and what would be left without some people."""
    page = _page()
    if wants_fragment():
        return render_template("staffing/_knowledge.html", page=page)
    return _whole(page, KnowledgeRuleForm(formdata=None, obj=page.formula.rule, seen=page.formula.version.number))


def _whole(page: KnowledgePage, form: KnowledgeRuleForm) -> str:
    return render_template("staffing/knowledge.html", page=page, form=form)


@blueprint.get("/knowledge/<slug>")
@requires(Permission.READ)
def show_service(slug: str) -> Reply:
    """Show who knows one service, and why."""
    return render_template("staffing/service.html", page=service_page(slug, today=_today()))


@blueprint.post("/knowledge/fading")
@requires(Permission.PLAN_STAFFING)
def set_fading() -> Reply:
    """Set how fast knowledge fades."""
    form = KnowledgeRuleForm()
    if not form.validate():
        return _whole(_page(), form), 422
    document = {"half_life_days": form.half_life_days.data}
    set_rule(RuleKind.KNOWLEDGE, document, seen=form.seen.data, by=signed_in_person(), now=clock.now())
    return Answer(url_for(".show_map"), message=f"Knowledge is worth half after {form.half_life_days.data} days.")
