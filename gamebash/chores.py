"""What the worker does, and how often it looks whether there is something to do."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from gamebash.backlog.backtests import refresh_old_forecasts, run_backtests
from gamebash.backlog.imports.intake import work_off_runs
from gamebash.backlog.noise_chores import apply_switched_rules
from gamebash.backlog.problems import refresh_stale_problems
from gamebash.backlog.sources.setting_up import request_due_syncs
from gamebash.backlog.sources.syncing import work_off_syncs
from gamebash.backlog.sources.writing_back import work_off_remarks
from gamebash.backlog.webhooks.handling import work_off_deliveries
from gamebash.badges.awards import sweep_badges
from gamebash.ceremony.closing import sweep_events
from gamebash.ceremony.reports import finish_reports
from gamebash.ceremony.results import fix_missing_results
from gamebash.chat.telling import plan_messages, work_off_messages
from gamebash.core import db
from gamebash.incentives.audits import work_off_audits
from gamebash.notices.mailing import plan_mails, work_off_mails
from gamebash.play.breaks import sweep_breaks
from gamebash.play.changes import note_changes, read_changes
from gamebash.play.checks import sweep_checks
from gamebash.play.free_alerts import sweep_free_alerts
from gamebash.play.reminders import sweep_reminders
from gamebash.play.reveal import sweep_reveals
from gamebash.play.reviewers import sweep_reviews
from gamebash.rotation.imports import work_off_imports
from gamebash.rotation.telling import tell_of_moves_ahead
from gamebash.staffing.handovers.handovers import begin_missing_handovers
from gamebash.staffing.handovers.telling import remind_of_handovers
from gamebash.staffing.hypercare.seats import let_go_who_left
from gamebash.staffing.hypercare.telling import ask_for_decisions
from gamebash.staffing.plan_chores import work_off_plans
from gamebash.stories.valuation import refresh_stale_values
from gamebash.watch.after_all import pay_cleared
from gamebash.watch.chores import begin_watches, follow_hosts, settle_watches
from gamebash.worker import Chore


def _in_a_unit_of_work(sweep: Callable[..., object]) -> Callable[..., bool]:
    @wraps(sweep)
    def chore(*, now: datetime) -> bool:
        with db.unit_of_work():
            return bool(sweep(now=now))

    return chore


# What somebody waits for is looked for every second, the rest less often: each look that writes takes the lock of SQLite.
CHORES: tuple[Chore, ...] = (
    Chore(work_off_runs),
    Chore(refresh_stale_problems),
    Chore(work_off_deliveries),
    Chore(request_due_syncs, every=5),
    Chore(work_off_syncs),
    Chore(work_off_remarks, every=5),
    Chore(apply_switched_rules),
    Chore(refresh_old_forecasts, every=30),
    Chore(refresh_stale_values),
    Chore(run_backtests, every=5),
    Chore(work_off_plans),
    Chore(work_off_audits),
    Chore(_in_a_unit_of_work(sweep_events)),
    Chore(_in_a_unit_of_work(fix_missing_results), every=15),
    Chore(_in_a_unit_of_work(sweep_breaks)),
    Chore(_in_a_unit_of_work(sweep_reminders)),
    Chore(_in_a_unit_of_work(plan_mails), every=5),
    Chore(work_off_mails),
    Chore(_in_a_unit_of_work(plan_messages), every=3),
    Chore(work_off_messages, every=3),
    Chore(_in_a_unit_of_work(sweep_free_alerts)),
    Chore(_in_a_unit_of_work(sweep_reviews)),
    Chore(_in_a_unit_of_work(sweep_checks), every=5),
    Chore(note_changes, every=5),
    Chore(read_changes, every=5),
    Chore(begin_watches, every=5),
    Chore(follow_hosts, every=30),
    Chore(settle_watches, every=15),
    Chore(pay_cleared, every=60),
    Chore(_in_a_unit_of_work(sweep_reveals)),
    Chore(_in_a_unit_of_work(tell_of_moves_ahead), every=60),
    Chore(_in_a_unit_of_work(begin_missing_handovers), every=15),
    Chore(_in_a_unit_of_work(remind_of_handovers), every=60),
    Chore(_in_a_unit_of_work(let_go_who_left), every=60),
    Chore(_in_a_unit_of_work(ask_for_decisions), every=60),
    Chore(work_off_imports),
    Chore(_in_a_unit_of_work(sweep_badges), every=5),
    Chore(_in_a_unit_of_work(finish_reports), every=30),
)
