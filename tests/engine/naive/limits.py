"""What orders are paid under limits, as the rules read: every counter is added up from the actions each time."""

from fractions import Fraction
from zoneinfo import ZoneInfo


class Action:
    def __init__(self, number, at, customer, click):
        self.number, self.at, self.customer, self.click = number, at, customer, click
        self.due = self.paid = self.would_be = Fraction(0)
        self.is_over_cap = self.is_returned = self.is_approved = False

    @property
    def counts(self):
        return not self.is_over_cap and not self.is_returned


class Ledger:
    """Limits as (what, by, period, value, whole); `what` is "money" or "actions"."""

    def __init__(self, limits, zone):
        self.limits, self.zone, self.actions = limits, ZoneInfo(zone), []

    def together(self, one, other, by, period):
        mine, theirs = one.at.astimezone(self.zone), other.at.astimezone(self.zone)
        same = {
            "DAY": mine.date() == theirs.date(),
            "WEEK": mine.isocalendar()[:2] == theirs.isocalendar()[:2],
            "MONTH": (mine.year, mine.month) == (theirs.year, theirs.month),
            "CONTRACT": True,
        }[period]
        whose = {"ALL": True, "CUSTOMER": one.customer == other.customer, "CLICK": one.click == other.click}[by]
        return same and whose

    def others(self, action, what, by, period):
        """What the counter holds of all others."""
        found = [each for each in self.actions if each is not action and self.together(action, each, by, period)]
        return sum((each.paid if what == "money" else 1 for each in found if each.counts), Fraction(0))

    def met(self, action):
        return [each for each in self.limits if each[1] == "ALL" or getattr(action, each[1].lower())]

    def judge(self, action, due):
        action.due, action.would_be = due, due
        for what, by, period, value, whole in self.met(action):
            if what == "money" and not whole:
                action.would_be = min(action.would_be, max(value - self.others(action, what, by, period), 0))
        action.is_over_cap = False
        for what, by, period, value, whole in self.met(action):
            if whole:
                others = self.others(action, what, by, period)
                wanted = 1 if what == "actions" else action.would_be
                if wanted and others + wanted > value:
                    action.is_over_cap = True
        action.paid = Fraction(0) if action.is_over_cap else action.would_be

    def order(self, action, due):
        self.actions.append(action)
        self.judge(action, due)

    def change(self, action, due):
        if action.is_returned:
            action.is_returned = action.is_approved = False
            self.judge(action, due)
            return
        most = [due]
        for what, by, period, value, whole in self.met(action):
            if what == "money" and not (whole and action.is_over_cap):
                others = self.others(action, what, by, period)
                beside = max(value - others - action.would_be, 0)
                most.append(action.would_be + min(max(due - action.due, 0), beside))
        action.due, action.would_be = due, min(most)
        action.paid = Fraction(0) if action.is_over_cap else action.would_be

    def give_back(self, action):
        action.is_returned, action.is_over_cap, action.due, action.paid = True, False, Fraction(0), Fraction(0)

    def approve(self, action):
        if action.is_over_cap:
            action.is_over_cap, action.is_approved, action.paid = False, True, action.would_be
