"""Founding, changing and retiring teams."""

import pytest

from gamebash.core.errors import InvalidError
from gamebash.rotation.kinds import TeamKind
from gamebash.rotation.models import Crest
from gamebash.rotation.teams import (
    StaffedTeamError,
    TakenTeamNameError,
    TeamDraft,
    change_team,
    create_team,
    name_product_owner,
    retire_team,
)
from tests.rotation.making import Log, a_manager, a_person, some_teams


def draft(code="EDI", name="Exchange", **more):
    return TeamDraft(code, name, TeamKind.SCRUM, Crest.PENTAGON, **more)


def test_a_code_is_written_in_capitals(context, now):
    assert create_team(draft(" edi "), by=None, now=now).code == "EDI"


@pytest.mark.parametrize("code", ["", "ED", "EDIT", "1DI", "E-I", "ÄDI"])
def test_a_code_is_a_letter_and_two_letters_or_digits(context, now, code):
    with pytest.raises(InvalidError, match="such as CHK"):
        create_team(draft(code), by=None, now=now)


def test_codes_and_names_are_free_once(context, now):
    create_team(draft(), by=None, now=now)
    with pytest.raises(TakenTeamNameError, match="Another team has the code EDI"):
        create_team(draft(name="Other"), by=None, now=now)
    with pytest.raises(TakenTeamNameError, match="Another team has the name Exchange"):
        create_team(draft("OTH"), by=None, now=now)
    other = create_team(draft("OTH", "Other"), by=None, now=now)
    with pytest.raises(TakenTeamNameError):
        change_team(other, draft("EDI", "Other"), by=None, now=now)


def test_a_product_owner_is_named_on_a_team(context, now):
    owner = a_person("Elif Demir", now)
    team = create_team(draft(product_owner=owner), by=None, now=now)
    assert team.product_owner is owner
    assert name_product_owner(team, None, by=None, now=now).product_owner is None


def test_a_team_with_people_is_not_retired(context, now):
    log = Log(a_person("Lena Vogt", now), some_teams(now), a_manager(now), now)
    log.move(None, "WHS", "2026-01-05")
    log.move("WHS", "CHK", "2026-12-07")
    with pytest.raises(StaffedTeamError, match="Lena Vogt is in WHS"):
        retire_team(log.teams["WHS"], by=log.by, now=now)
    with pytest.raises(StaffedTeamError, match=r"Lena Vogt is due to come to CHK .move 2"):
        retire_team(log.teams["CHK"], by=log.by, now=now)
    assert not retire_team(log.teams["OPS"], by=log.by, now=now).is_active
    with pytest.raises(InvalidError, match="retired already"):
        retire_team(log.teams["OPS"], by=log.by, now=now)
