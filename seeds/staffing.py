"""The demo's wishes, absences, managers' words, and a plan that waits for a decision."""

from datetime import date, datetime, timedelta

from gamebash.absences.absences import add_absence
from gamebash.absences.kinds import AbsenceKind
from gamebash.absences.spans import DaysAway
from gamebash.rotation.kinds import TeamKind
from gamebash.staffing.asking import Asked
from gamebash.staffing.plan_chores import work_out_now
from gamebash.staffing.plans import ask_for_plan
from gamebash.staffing.preferences import say_preference
from gamebash.staffing.queries.asking import ask_page
from gamebash.staffing.rulebook import EligibilityRule, RuleKind
from gamebash.staffing.rules import set_rule
from gamebash.staffing.wishes import Preference, Wish
from gamebash.staffing.words import give_word
from seeds.organisation import Organisation

# Weeks a tour in ops should last at least and at most; the demo's organisation is a year old.
RULE = EligibilityRule(shortest_weeks=12, longest_weeks=40, held_fixes=0, taught=1, needs_word=1)
STAYING = {
    "Hana Kimura": "I like knowing the whole estate.",
    "Aisha Bello": "",
    "Esi Mensah": "Not before the new storage is live.",
}
OPEN = {"Yusuf Demirci": "Not in the school holidays.", "Maeve Byrne": "", "Tiago Santos": "", "Owen Gallagher": ""}
TO_OPS = {"Elif Demir": "I want to see our code at night.", "Felix Braun": "", "Anton Petrov": "From spring, please."}
TO_SCRUM = {
    "Piotr Zielinski": ("FLO", "I have fixed its queues often enough."),
    "Jonas Pfeiffer": ("FLO", "Back to my own code."),
    "Chidi Eze": ("DEV", ""),
    "Sofia Rossi": ("COL", ""),
}
AWAY = (
    ("Zanele Khumalo", 20, 160, AbsenceKind.PARENTAL), ("Marco Bianchi", 12, 16, AbsenceKind.HOLIDAY),
    ("Mei Chen", 25, 38, AbsenceKind.HOLIDAY), ("Dmitri Sokolov", -2, 3, AbsenceKind.SICK),
    ("Camille Laurent", 33, 35, AbsenceKind.TRAINING),
)  # fmt: skip


def plan_ahead(organisation: Organisation, *, now: datetime) -> None:
    """Let people say what they want, enter absences, and ask for a plan for the first of a month soon."""
    _say_wishes(organisation, now=now - timedelta(days=25))
    manager = organisation.named("manager")
    for name, first, last, kind in AWAY:
        person = organisation.people[name]
        days = DaysAway(now.date() + timedelta(days=first), now.date() + timedelta(days=last))
        add_absence(person, days, kind, by=person, now=now - timedelta(days=30))
    set_rule(RuleKind.ELIGIBILITY, RULE.to_document(), seen=0, by=manager, now=now - timedelta(days=40))
    for name in (*TO_SCRUM, "Yusuf Demirci"):
        give_word(organisation.people[name], is_given=True, by=manager, now=now - timedelta(days=9))
    plan = ask_for_plan(_asked(now.date()), by=manager, now=now - timedelta(hours=3))
    work_out_now(plan, now=now - timedelta(hours=3))


def _say_wishes(organisation: Organisation, *, now: datetime) -> None:
    people, teams = organisation.people, organisation.teams
    for names, wish in ((STAYING, Wish.STAY), (OPEN, Wish.OPEN)):
        for name, note in names.items():
            say_preference(people[name], Preference(wish, note=note), now=now)
    for name, note in TO_OPS.items():
        say_preference(people[name], Preference(Wish.MOVE, kinds=frozenset({TeamKind.OPS}), note=note), now=now)
    for name, (code, note) in TO_SCRUM.items():
        say_preference(people[name], Preference(Wish.MOVE, frozenset({teams[code].id}), note=note), now=now)


def _asked(today: date) -> Asked:
    month = today.year * 12 + today.month + 1
    first = date(month // 12, month % 12 + 1, 1)
    return Asked((first,), ask_page(0, today=today).usual, fair_since=today - timedelta(days=365))
