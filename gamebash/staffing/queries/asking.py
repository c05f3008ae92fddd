"""What the page on which a plan is asked for begins with: today's staff, and everybody's names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gamebash.rotation.membership import TeamBadge, everyone_on
from gamebash.rotation.queries.found import team_badges
from gamebash.staffing.asking import TeamAsked


@dataclass(frozen=True, slots=True)
class AskPage:
    """Teams with the people in them today and what they usually need, and who can be named."""

    teams: tuple[TeamBadge, ...]
    today: Mapping[int, int]
    usual: Mapping[int, TeamAsked]
    people: tuple[tuple[str, str], ...]
    ids: Mapping[str, int]


def ask_page(joiners: int, *, today: date) -> AskPage:
    """Return the page; by default a team keeps its size within one, and ops and SRE have room for those who join."""
    everyone = everyone_on(today)
    teams = tuple(team for team in team_badges().values() if team.is_active)
    there = {team.id: sum(one.team.id == team.id for one in everyone) for team in teams}
    usual = {
        team.id: TeamAsked(max(0, there[team.id] - 1), there[team.id] + 1 + joiners * team.is_ops) for team in teams
    }
    people = tuple((one.handle, one.name) for one in everyone)
    return AskPage(teams, there, usual, people, {one.handle: one.person_id for one in everyone})
