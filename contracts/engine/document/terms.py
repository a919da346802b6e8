"""Terms as the engine holds them: frozen values that `load.load` makes from a terms document.

Names are the document's in snake case. Amounts are in the terms' currency, rates in percent; all are Decimal.
"""

from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from contracts.engine.document.sections.credit_policy import CREDIT_POLICY, CreditPolicy
from contracts.engine.document.sections.default_payout import DEFAULT_PAYOUT, DefaultPayout, PayoutLevel
from contracts.engine.document.sections.limits import LIMITS, Limits
from contracts.engine.document.sections.locking import LOCKING, Locking
from contracts.engine.document.sections.payout_adjustments import PAYOUT_ADJUSTMENTS, PayoutAdjustment
from contracts.engine.document.sections.payout_groups import PAYOUT_GROUPS, PayoutGroup
from contracts.engine.document.sections.payout_restrictions import PAYOUT_RESTRICTIONS, PayoutRestriction
from contracts.engine.document.sections.referral_window import REFERRAL_WINDOW, Referrals
from contracts.engine.document.sections.scheduling import SCHEDULING, PayoutScheduling
from contracts.engine.document.sections.section import RankedSection, Section, SingleSection
from contracts.engine.document.whole_terms.action_limit import ACTION_LIMIT
from contracts.engine.document.whole_terms.custom_terms import CUSTOM_TERMS, SpecialTermsList
from contracts.engine.document.whole_terms.notice import NOTICE
from contracts.engine.document.whole_terms.reset_accrued_actions import RESET_ACCRUED_ACTIONS
from contracts.engine.document.whole_terms.reversal_policy import REVERSAL_POLICY
from contracts.engine.document.whole_terms.spend_limit import SPEND_LIMIT
from contracts.engine.document.whole_terms.whole_limits import WholeLimit

BY = "section"


@dataclass(frozen=True, slots=True)
class EventPayout:
    """What one event type pays: a line for each section of the terms, in the order of the document.

    Groups are in rank order, adjustments and restrictions in the document's order.
    """

    event_type_code: str
    default_payout: DefaultPayout = field(default=DEFAULT_PAYOUT.absent, metadata={BY: DEFAULT_PAYOUT})
    payout_groups: tuple[PayoutGroup, ...] = field(default=(), metadata={BY: PAYOUT_GROUPS})
    payout_adjustments: tuple[PayoutAdjustment, ...] = field(default=(), metadata={BY: PAYOUT_ADJUSTMENTS})
    payout_restrictions: tuple[PayoutRestriction, ...] = field(default=(), metadata={BY: PAYOUT_RESTRICTIONS})
    limits: Limits = field(default=LIMITS.absent, metadata={BY: LIMITS})
    locking: Locking | None = field(default=None, metadata={BY: LOCKING})
    payout_scheduling: PayoutScheduling | None = field(default=None, metadata={BY: SCHEDULING})
    credit_policy: CreditPolicy = field(default=CREDIT_POLICY.absent, metadata={BY: CREDIT_POLICY})
    valid_referrals: Referrals = field(default=REFERRAL_WINDOW.absent, metadata={BY: REFERRAL_WINDOW})

    @property
    def payout_level(self) -> PayoutLevel:
        """Whether payouts are by order or by item."""
        return self.default_payout.level


# By the name of the field that holds its value, which is also the name of a section in drafts and on pages.
SECTIONS: dict[str, Section[Any]] = {
    each.name: each.metadata[BY] for each in fields(EventPayout) if BY in each.metadata
}
SINGLE: dict[str, SingleSection[Any]] = {
    name: section for name, section in SECTIONS.items() if isinstance(section, SingleSection)
}
RANKED: dict[str, RankedSection[Any]] = {
    name: section for name, section in SECTIONS.items() if isinstance(section, RankedSection)
}
# The sections that act on what an order earns, in the order in which they do.
ACTING = sorted((name for name, each in SECTIONS.items() if each.stage), key=lambda name: SECTIONS[name].stage or 0)


@dataclass(frozen=True, slots=True)
class Terms:
    """A published agreement: its currency, one event payout for each event type that it covers, and a line for each
    section that applies to all of them.
    """

    name: str
    currency: str
    labels: tuple[str, ...] = ()
    event_payouts: tuple[EventPayout, ...] = ()
    special_terms: SpecialTermsList = field(default=(), metadata={BY: CUSTOM_TERMS})
    change_notification_period: int = field(default=NOTICE.absent, metadata={BY: NOTICE})
    max_return_percentage: Decimal = field(default=REVERSAL_POLICY.absent, metadata={BY: REVERSAL_POLICY})
    action_limit: WholeLimit | None = field(default=None, metadata={BY: ACTION_LIMIT})
    spend_limit: WholeLimit | None = field(default=None, metadata={BY: SPEND_LIMIT})
    reset_accrued_actions: bool = field(default=False, metadata={BY: RESET_ACCRUED_ACTIONS})

    def event_payout(self, event_type_code: str) -> EventPayout:
        """The event payout of that event type; KeyError when these terms do not cover it."""
        for event_payout in self.event_payouts:
            if event_payout.event_type_code == event_type_code:
                return event_payout
        raise KeyError(event_type_code)


# The sections of the terms as a whole, by the same kind of name; none is a section of an event payout, too.
OF_TERMS: dict[str, SingleSection[Any]] = {
    each.name: each.metadata[BY] for each in fields(Terms) if BY in each.metadata
}
# Every section that is said in one sentence, wherever it belongs.
SENTENCES = SINGLE | OF_TERMS
