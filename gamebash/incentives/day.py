"""One day, played by scripted people under the event's own rules. Pure, and the same for the same seed.

Scoring, drawing, worth and limits are asked of the game's own functions, so that a changed rule changes the audit. People's
chances come from ``assumptions``. Times are minutes from the start.
"""

import math
import random
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count

from gamebash.events.held_bonus import bonus_of
from gamebash.incentives.assumptions import USUAL, Assumptions
from gamebash.incentives.ground import MINUTES, Ground, StoryFacts, stories_of
from gamebash.incentives.pieces import LOOKS, Fix, Luck, Outcome, Seat, Work, focus_of
from gamebash.incentives.strategies import HONEST, Choice, Strategy
from gamebash.play.allowances import Conduct, allowance
from gamebash.play.checking import check_chance
from gamebash.play.drawing import Candidate, Occasion, draw
from gamebash.points.scoring import CountedReview, EntryKind, FixFacts, awards_for, first_fix_award
from gamebash.points.worth import Circumstances, worth
from gamebash.stories.grades import Grade
from gamebash.watch.paying import Paid, Payment, clawback, held_bonus
from gamebash.watch.verdict import QUARTER_DAYS


class Day:
    """One run. ``play`` returns the outcome of the strategy's seats."""

    def __init__(self, ground: Ground, strategy: Strategy, seed: int, people: Assumptions = USUAL) -> None:
        """Seat everybody and draw the luck of every story."""
        self.ground, self.rules, self.people = ground, ground.rules, people
        self.chance = random.Random(seed)  # noqa: S311  chances of a model, not secrets
        self.strategy = strategy
        focus = focus_of(ground.seats, strategy, seed)
        # An honest person has no second name; nobody sits there.
        self.empty = focus[1:] if strategy.is_one_person and strategy.is_honest else ()
        self.focus = focus[:1] if self.empty else focus
        self.seats = [self._seat(number) for number in range(len(ground.seats))]
        self.works = [Work(story, Luck.drawn(self.chance, people)) for story in stories_of(ground, strategy, people)]
        self.fixes: list[Fix] = []
        self.pairs: dict[tuple[int, int], int] = {}
        self.paid_pairs: dict[tuple[int, int], int] = {}
        self.paid_problems: set[str] = set()
        self.queue: list[tuple[float, int, str, int, int]] = []
        self.order = count()

    def play(self) -> Outcome:
        """Play from the start until nothing moves any more."""
        for seat in self.seats:
            self._push(0.0, "free", seat.number)
        while self.queue:
            at, _, what, who, which = heappop(self.queue)
            getattr(self, f"_{what}")(at, self.seats[who], which)
        self._pay_first()
        return self._outcome()

    def _seat(self, number: int) -> Seat:
        facts, is_focus = self.ground.seats[number], number in self.focus
        strategy = self.strategy if is_focus else HONEST
        if strategy.is_one_person and number in self.focus[1:]:
            strategy = replace(strategy, only_reviews=True)
        skill = self.chance.lognormvariate(0, self.people.skill_spread)
        if strategy.is_newcomer:
            skill *= self.people.newcomer_slowness
        team = "" if strategy.is_newcomer else facts.team
        leaves = 0.0 if number in self.empty else min(self.ground.minutes, facts.hours * MINUTES)
        return Seat(number, team, facts.squad, leaves, strategy, skill, is_focus)

    def _push(self, at: float, what: str, who: int, which: int = -1) -> None:
        heappush(self.queue, (at, next(self.order), what, who, which))

    def _free(self, at: float, seat: Seat, _: int) -> None:
        """Take the next story, unless the hours or the allowance are used up."""
        if seat.strategy.only_reviews or at >= seat.leaves:
            return
        allowed = allowance(Conduct(seat.sent_back, seat.lapsed), self.rules).claims
        if not allowed:
            return
        which = self._choose(at, seat)
        if which is None:
            return
        self.works[which].holder = seat.number
        seat.take(self.works[which].facts)
        if seat.kept < seat.strategy.kept:
            seat.kept, self.works[which].is_kept = seat.kept + 1, True
        if seat.strategy.hoards:
            self._hoard(at, seat, allowed - 1)
        self._push(at + self._time_for(self.works[which], seat), "done", seat.number, which)

    def _choose(self, at: float, seat: Seat) -> int | None:
        left = (seat.leaves - at) * self.people.fits_times
        may = [
            number
            for number, work in enumerate(self.works)
            if not work.is_done
            and (work.holder is None or (work.holder == seat.number and work.idle >= 0 and seat.strategy.hoards))
            and (seat.is_focus or not work.facts.is_own)
            and self._guess(work, seat) <= left
        ]
        return min(may, key=lambda number: self._rank(number, seat), default=None)

    def _rank(self, number: int, seat: Seat) -> tuple[bool, float, int]:
        facts = self.works[number].facts
        if seat.strategy.choice is Choice.EASE:
            gain = 0.0 if seat.is_unpaid(facts, self.rules) else self._pay(facts) / facts.hours
        elif seat.strategy.is_sham or seat.kept < seat.strategy.kept:
            gain = float(self._pay(facts))
        else:
            gain = facts.value / facts.effort_hours
        return (not facts.is_own or seat.strategy.is_honest, -gain, number)

    def _pay(self, facts: StoryFacts) -> int:
        """Return what a story pays if its fix holds: anybody can work that out from its page."""
        return facts.points + bonus_of(facts.points, self.rules.held_share, facts.held_factor)

    def _guess(self, work: Work, seat: Seat) -> float:
        if work.is_kept or seat.kept < seat.strategy.kept:
            return self.people.kept_minutes
        share = self.people.sham_share if seat.strategy.is_sham else 1.0
        return work.facts.hours * MINUTES * share

    def _time_for(self, work: Work, seat: Seat) -> float:
        return self._guess(work, seat) * work.luck.blow_up * seat.skill

    def _hoard(self, at: float, seat: Seat, number: int) -> None:
        """Hold the best of the rest without working on them, for as long as a lease and its extensions last."""
        held = sum(work.holder == seat.number and not work.is_done for work in self.works) - 1
        for _ in range(number - held):
            free = [one for one, work in enumerate(self.works) if work.holder is None and not work.is_done]
            if not free:
                return
            which = min(free, key=lambda one: self._rank(one, seat))
            self.works[which].holder = seat.number
            lease = self.rules.lease_minutes * (1 + self.rules.extensions)
            self.works[which].idle += min(lease, self.ground.minutes - at)
            self._push(at + lease, "lapse", seat.number, which)

    def _lapse(self, at: float, seat: Seat, which: int) -> None:
        """Let a lease run out on a story that nobody worked on; the hoarder takes it again while allowed."""
        work = self.works[which]
        if work.holder != seat.number or work.is_done or any(fix.work is work for fix in self.fixes):
            return
        seat.lapsed += 1
        work.holder = None
        if at < seat.leaves:
            self._hoard(at, seat, allowance(Conduct(seat.sent_back, seat.lapsed), self.rules).claims - 1)

    def _done(self, at: float, seat: Seat, which: int) -> None:
        """Hand a fix in, after the reviews that came in between; the last-minute holder waits until shortly before the end."""
        if seat.debt:
            at, seat.debt = at + seat.debt, 0.0
            self._push(at, "done", seat.number, which)
            return
        end = self.ground.minutes
        if at > end:
            return
        hands_in = max(at, end - self.people.last_call_minutes) if seat.strategy.holds_back else at
        self._push(hands_in, "submit", seat.number, which)
        self._push(at, "free", seat.number)

    def _submit(self, at: float, seat: Seat, which: int) -> None:
        work = self.works[which]
        fix = Fix(len(self.fixes), work, seat.number, at, self._time_for(work, seat), self._is_wrong(work, seat))
        self.fixes.append(fix)
        self._send_to_reviewers(at, fix)

    def _is_wrong(self, work: Work, seat: Seat) -> bool:
        if work.facts.is_planted:
            return False
        people = self.people
        share = people.wrong_inside if self._knows(seat, work.facts) else people.wrong_outside
        return seat.strategy.is_sham or work.luck.wrong < share

    def _send_to_reviewers(self, at: float, fix: Fix) -> None:
        facts, author = fix.work.facts, self.seats[fix.author]
        is_outsider = author.team not in facts.teams
        fix.needs_knowing = self.rules.needs_knowing_reviewer and is_outsider
        reviewers = self._reviewers(fix, self.rules.reviews_needed)
        fix.accepted, fix.needed = 0, len(reviewers)
        for number in reviewers:
            self._ask(at, fix, number, "verdict")

    def _ask(self, at: float, fix: Fix, number: int, what: str) -> None:
        seat, people = self.seats[number], self.people
        seat.busy += 1
        fix.work.reviewers.add(number)
        pair = (number, fix.author)
        self.pairs[pair] = self.pairs.get(pair, 0) + 1
        takes = people.careless_minutes if seat.strategy.is_stamping else people.careful_minutes
        seat.debt += takes
        reaction = fix.work.luck.reactions[len(fix.work.reviewers) % LOOKS]
        self._push(at + reaction + takes, what, number, fix.number)

    def _reviewers(self, fix: Fix, number: int) -> list[int]:
        if "drawn_reviewers" in self.ground.off:
            return self._chosen(fix)
        author = self.seats[fix.author]
        occasion = Occasion(
            fix.number, author.squad, {author.number}, self.rules.pair_limit, fix.work.reviewers, fix.needs_knowing
        )
        facts, pairs = fix.work.facts, self.pairs
        candidates = [
            Candidate(
                seat.number, seat.squad, self._knows(seat, facts), seat.busy, seat.done, pairs.get((seat.number, author.number), 0)
            )
            for seat in self.seats if seat.number not in self.empty
        ]  # fmt: skip
        return [one.player_id for one in draw(candidates, occasion, number)]

    def _chosen(self, fix: Fix) -> list[int]:
        """Return whom an author chooses where nobody is drawn: a partner, else who offers, else anybody."""
        partners = [one for one in self.focus if one != fix.author]
        if fix.author in self.focus and partners:
            return partners[:1]
        offers = [one for one in self.focus if self.seats[one].strategy.only_reviews]
        others = [seat.number for seat in self.seats if seat.number not in {fix.author, *self.empty}]
        return offers or [self.chance.choice(others)]

    def _verdict(self, at: float, seat: Seat, number: int) -> None:
        fix = self.fixes[number]
        seat.busy -= 1
        is_late = at > self.ground.minutes + self.ground.review_minutes and "review_deadline" not in self.ground.off
        if fix.is_decided or is_late:
            return
        seat.done += 1
        fix.work.reviews.append((seat.number, len(fix.work.reviews)))
        self._read_dates(seat, fix)
        if self._sees_through(seat, fix):
            self._send_back(at, fix)
            return
        fix.accepted += 1
        if fix.accepted >= fix.needed:
            self._accept(at, fix)

    def _read_dates(self, seat: Seat, fix: Fix) -> None:
        """See that a change is older than the day, or not: who said that it is new is then taken off the ranks by the organisers."""
        if not fix.work.is_kept or seat.strategy.is_stamping or not self.rules.skips_early_changes:
            return
        fix.is_early = fix.is_early or fix.work.roll() < self.people.early_seen
        if fix.is_early and fix.work.luck.taken_back < self.people.taken_back:
            self.seats[fix.author].is_out = True

    def _sees_through(self, seat: Seat, fix: Fix) -> bool:
        if seat.strategy.is_stamping:
            return False
        people, knows = self.people, self._knows(seat, fix.work.facts)
        roll = fix.work.roll()
        if not fix.is_wrong:
            return roll < people.falsely_sent_back
        if self.seats[fix.author].strategy.is_sham:
            return roll < (people.sham_caught_by_knowing if knows else people.sham_caught_by_others)
        return roll < (people.caught_by_knowing if knows else people.caught_by_others)

    def _send_back(self, at: float, fix: Fix) -> None:
        """Let go of a sham for the next one; have an honest fix mended and handed in again."""
        author = self.seats[fix.author]
        self._count_send_back(at, author)
        if author.strategy.is_sham:
            fix.is_decided, fix.work.holder = True, None
            self._push(at, "free", author.number)
            return
        rework = self.people.rework_share * fix.took
        author.debt += rework
        self._push(at + rework, "again", author.number, fix.number)

    def _count_send_back(self, at: float, author: Seat) -> None:
        """Count a send-back; at the limit everything of the author's that was accepted is looked at again."""
        author.sent_back += 1
        if author.sent_back == self.rules.send_back_limit:
            for fix in self.fixes:
                if fix.author == author.number and fix.work.is_done and not fix.is_reversed:
                    self._check_again(at, fix)

    def _again(self, at: float, _: Seat, number: int) -> None:
        fix = self.fixes[number]
        if at > self.ground.minutes + self.ground.review_minutes:
            return
        fix.is_wrong = fix.is_wrong and fix.work.roll() >= self.people.mended
        self._send_to_reviewers(at, fix)

    def _accept(self, at: float, fix: Fix) -> None:
        facts, author = fix.work.facts, self.seats[fix.author]
        fix.is_decided = fix.work.is_done = True
        author.known.add(facts.service)
        found = self._circumstances(fix)
        fix.points = worth(found, self.rules).points
        if fix.points:
            self.paid_problems.add(facts.problem)
            author.small_paid += found.grade is Grade.BLUE
        for award in awards_for(self._facts(fix), self.rules):
            fix.paid.append((award.player_id, award.kind, award.points))
            if award.kind is EntryKind.REVIEW:
                pair = min(award.player_id, author.number), max(award.player_id, author.number)
                self.paid_pairs[pair] = self.paid_pairs.get(pair, 0) + 1
                self.seats[award.player_id].review_points += award.points
        self._spot_check(at, fix)

    def _circumstances(self, fix: Fix) -> Circumstances:
        points, grade = fix.work.agreed(self.rules)
        small = self.seats[fix.author].small_paid
        is_paid = fix.work.facts.problem in self.paid_problems and "one_problem" not in self.ground.off
        return Circumstances(points, grade, small, is_problem_paid=is_paid, is_early_change=fix.is_early)

    def _facts(self, fix: Fix) -> FixFacts:
        author = self.seats[fix.author]
        reviews = tuple(
            CountedReview(number, who, self.seats[who].review_points, self._paid_between(who, author.number))
            for who, number in fix.work.reviews
        )
        key = fix.work.facts.key
        return FixFacts(fix.number, key, fix.points, author.number, (), author.strategy.is_newcomer, reviews)

    def _paid_between(self, one: int, other: int) -> int:
        return self.paid_pairs.get((min(one, other), max(one, other)), 0)

    def _spot_check(self, at: float, fix: Fix) -> None:
        """Look at some accepted fixes a second time, the more they pay the likelier."""
        if fix.work.luck.check < check_chance(fix.points, self.rules):
            self._check_again(at, fix)

    def _check_again(self, at: float, fix: Fix) -> None:
        fix.needs_knowing = False
        for number in self._reviewers(fix, 1):
            self._ask(at, fix, number, "check")

    def _check(self, at: float, seat: Seat, number: int) -> None:
        fix = self.fixes[number]
        seat.busy -= 1
        if at > self.ground.minutes + self.ground.review_minutes and "review_deadline" not in self.ground.off:
            return
        self._read_dates(seat, fix)
        if fix.is_wrong and self._sees_through(seat, fix):
            fix.is_reversed = fix.work.luck.taken_back < self.people.taken_back
            self._count_send_back(at, self.seats[fix.author])

    def _pay_first(self) -> None:
        paying = [
            fix for fix in self.fixes if fix.work.is_done and fix.is_decided and fix.points and not fix.is_reversed
        ]
        if paying:
            first = min(paying, key=lambda fix: (fix.at, fix.number))
            award = first_fix_award(0, first.work.facts.key, first.author, self.rules)
            first.paid.append((first.author, award.kind, award.points))

    def _knows(self, seat: Seat, facts: StoryFacts) -> bool:
        return seat.team in facts.teams or facts.service in seat.known

    def _outcome(self) -> Outcome:
        day = [0.0] * len(self.seats)
        season = [0.0] * len(self.seats)
        for fix in self.fixes:
            if fix.is_reversed:
                continue
            paid = [Paid(0, who, kind, points) for who, kind, points in fix.paid if not self.seats[who].is_out]
            for one in paid:
                day[one.player_id] += one.points
                season[one.player_id] += one.points
            for payment in self._once_watched(fix, paid):
                season[payment.about.player_id] += payment.points
        heads = 1 if self.strategy.is_one_person else len(self.focus)
        median = sorted(day)[len(day) // 2]
        return Outcome(
            season_points=sum(season[who] for who in self.focus) / heads,
            day_points=sum(day[who] for who in self.focus) / heads,
            prevented=self._prevented(by_focus=True) / heads,
            prevented_by_others=self._prevented(by_focus=False) / heads,
            is_upper_half=day[self.focus[0]] >= median,
        )

    def _once_watched(self, fix: Fix, paid: list[Paid]) -> tuple[Payment, ...]:
        """Return the held bonus, or what is taken back of a fix that was seen not to hold."""
        if fix.is_wrong and self._is_seen(fix):
            return clawback(paid, self.rules.clawback_share)
        return held_bonus(paid, self.rules.held_share, fix.work.facts.held_factor)

    def _is_seen(self, fix: Fix) -> bool:
        """Say whether what was not mended came back within the watch, and was not hushed up."""
        chance = 1 - math.exp(-fix.work.facts.forecast * self.rules.watch_days / QUARTER_DAYS)
        if fix.work.luck.seen >= chance:
            return False
        is_hushed = self.seats[fix.author].strategy.silences and (
            "second_person" in self.ground.off or fix.work.luck.hushed >= self.people.silencing_refused
        )
        return not is_hushed

    def _prevented(self, *, by_focus: bool) -> float:
        """Return what fixes prevent, less trouble made for the day, and less what came while a finished fix was kept back."""
        mended = sum(
            0.0 if fix.work.facts.is_planted or fix.work.is_kept else fix.work.facts.value
            for fix in self.fixes
            if (fix.author in self.focus) is by_focus and fix.work.is_done and fix.is_decided
            and not fix.is_wrong and not fix.is_reversed
        )  # fmt: skip
        made = sum(work.facts.value for work in self.works if work.facts.is_planted) if by_focus else 0.0
        waited = (
            sum(work.facts.value * self.people.kept_share for work in self.works if work.is_kept) if by_focus else 0.0
        )
        return mended - made - waited
