"""The page of a quarter: how people moved between teams."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from gamebash.core import charts
from gamebash.core.db import db
from gamebash.rotation.flows import OUTSIDE, Flow, Quarter, net
from gamebash.rotation.membership import TeamBadge, is_standing
from gamebash.rotation.models import Move
from gamebash.rotation.queries.found import team_badges
from gamebash.rotation.queries.log import FROM, TO

DRAWN = 60
# Pixels: of everybody together, and of one person at least and at most.
HEIGHT, THINNEST, THICKEST = 240, 2.0, 24.0


@dataclass(frozen=True, slots=True)
class TeamFlow:
    """One team in a quarter: how many came, how many went."""

    team: TeamBadge
    came: int
    went: int


@dataclass(frozen=True, slots=True)
class FlowPage:
    """A quarter's moves between teams: counted, drawn, and by team."""

    quarter: Quarter
    flows: tuple[Flow, ...]
    teams: tuple[TeamFlow, ...]
    badges: dict[str, TeamBadge]
    drawing: charts.Ribbons
    is_ahead: bool

    @property
    def people(self) -> int:
        """How many moves there were."""
        return sum(flow.people for flow in self.flows)


def flow_page(quarter: Quarter, *, today: date) -> FlowPage:
    """Return the moves of a quarter that count, planned ones too; the widest are drawn, all are in the table."""
    badges = {team.code: team for team in team_badges().values()}
    count = sa.func.count()
    query = (
        sa.select(FROM.code, TO.code, count)
        .select_from(Move)
        .outerjoin(FROM, FROM.id == Move.from_team_id)
        .outerjoin(TO, TO.id == Move.to_team_id)
        .where(Move.effective_on >= quarter.first, Move.effective_on < quarter.step(1).first, is_standing())
        .group_by(FROM.code, TO.code)
        .order_by(count.desc(), FROM.code, TO.code)
    )
    flows = tuple(Flow(from_ or OUTSIDE, to or OUTSIDE, people) for from_, to, people in db.session.execute(query))
    teams = tuple(TeamFlow(badges[code], *counts) for code, counts in sorted(net(flows).items()))
    drawn = [(flow.from_code, flow.to_code, flow.people) for flow in flows[:DRAWN]]
    thick = HEIGHT / max(1, sum(people for _, _, people in drawn))
    drawing = charts.ribbons(drawn, unit=min(max(thick, THINNEST), THICKEST))
    return FlowPage(quarter, flows, teams, badges, drawing, is_ahead=quarter.first > today)
