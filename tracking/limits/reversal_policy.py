"""Reversal policy: which share of a month's payout changes of orders may take back (payouts.md §6)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F

from common.db.statements import AnyOf, fetch
from contracts.agreements.plans import terms_of
from contracts.engine.document.amounts import HUNDRED, plain
from contracts.engine.orders.money import ZERO
from contracts.engine.orders.order import Order
from contracts.engine.pricing.plan import Decision
from contracts.models import TermsVersion
from program.models import Partner
from program.templatetags.brandboard import money
from tracking.models import Action, Modification
from tracking.modifications.order_changes import ModificationRefused


class Share(NamedTuple):
    """What is judged together: a partner's actions under template terms, of a calendar month of their event dates."""

    program_id: int
    partner_id: int
    template_terms_id: int
    currency: str
    month: date  # its first day


@dataclass(slots=True)
class Taken:
    """The payout of a share as it was priced at first, what changes have taken back of it, and by which actions."""

    priced: Decimal
    taken: Decimal
    by_action: dict[int, Decimal] = field(default_factory=dict)


class ReversalPolicies:
    """The policies of some actions that changes are about to be applied to, as the figures stand.

    The partners' rows are locked until the transaction ends, so that two changes can't both take the last of a share.
    """

    def __init__(self, actions: Iterable[Action]) -> None:
        limited = {row.pk: row for row in actions if not row.is_test and _most(row) < HUNDRED}
        versions = TermsVersion.objects.filter(pk__in={row.terms_version_id for row in limited.values()})
        template_terms = dict(versions.values_list("pk", "template_terms_id")) if limited else {}
        self._shares = {pk: _share(row, template_terms[row.terms_version_id]) for pk, row in limited.items()}
        if limited:
            partners = Partner.objects.filter(AnyOf(F("pk"), {row.partner_id for row in limited.values()}))
            list(partners.order_by("pk").select_for_update(no_key=True).values_list("pk"))
        self._taken = {share: _taken(share, list(limited)) for share in sorted(set(self._shares.values()))}

    def judge(self, action: Action, order: Order, decision: Decision) -> None:
        """Raise ModificationRefused where this change would take back more than the policy allows."""
        if (share := self._shares.get(action.pk)) is None:
            return
        figures = self._taken[share]
        taken, _ = _after(figures, action, order, decision)
        if taken > figures.taken and taken * HUNDRED > figures.priced * _most(action):
            raise ModificationRefused(Modification.Reason.REVERSAL_POLICY, _words(action, share, figures, taken))

    def count(self, action: Action, order: Order, decision: Decision) -> None:
        """Count the change as it is made, before the action is changed: limits may leave less of a raise."""
        if (share := self._shares.get(action.pk)) is not None:
            figures = self._taken[share]
            figures.taken, figures.by_action[action.pk] = _after(figures, action, order, decision)


def _after(figures: Taken, action: Action, order: Order, decision: Decision) -> tuple[Decimal, Decimal]:
    """What is taken back in all after a change, and of this action."""
    before = figures.by_action.get(action.pk, ZERO)
    if not _is_change_of_sale(action, order, decision):
        return figures.taken, before
    after = before + action.payout - decision.payout
    return figures.taken - max(before, ZERO) + max(after, ZERO), after


def _most(action: Action) -> Decimal:
    return terms_of(action.terms_version_id).max_return_percentage


def _share(action: Action, template_terms_id: int) -> Share:
    month = action.day.replace(day=1)
    return Share(action.program_id, action.partner_id, template_terms_id, action.currency, month)


def _is_change_of_sale(action: Action, order: Order, decision: Decision) -> bool:
    """Whether it is a return or a reversal, or one that is undone: another status alone takes nothing back."""
    return decision.sale_amount != action.amount or order.returned or action.state == Action.State.REVERSED


def _taken(share: Share, actions: list[int]) -> Taken:
    last = (share.month + timedelta(days=31)).replace(day=1)
    [(priced, taken, by_action)] = fetch(_TAKEN, (
        actions, share.program_id, share.partner_id, share.month, last, share.currency, share.template_terms_id,
    ))  # fmt: skip
    by_action = {int(pk): Decimal(str(value)) for pk, value in (by_action or {}).items()}
    return Taken(priced or ZERO, taken or ZERO, by_action)


def _words(action: Action, share: Share, figures: Taken, taken: Decimal) -> str:
    most = _most(action)
    amount = [money(each, share.currency) for each in (figures.priced, figures.taken, taken - figures.taken)]
    allowed = money(figures.priced * most / HUNDRED, share.currency)
    return (
        f"The reversal policy lets at most {plain(most)}% of {action.partner}’s payouts of {share.month:%B %Y} be "
        f"taken back: {allowed} of {amount[0]}. {amount[1]} is taken back already, and this change would take "
        f"{amount[2]} more."
    )


# What modifications changed is taken back or given back; everything else that an action was paid is its first price.
# A change that leaves the sale amount as it was (another customer status) is neither, unless it reverses or resets.
# A browser's action that was reversed in favour of another partner's is not theirs: its returns are counted there. A
# change that does not fit the server's order is refused since, and takes nothing.
_TAKEN = """
SELECT sum(action.payout - coalesce(changed.by_all, 0)),
       sum(greatest(-changed.by_returns, 0)),
       json_object_agg(action.id, (-changed.by_returns)::text)
           FILTER (WHERE action.id = ANY(%s) AND changed.by_returns IS NOT NULL)
FROM tracking_action AS action
JOIN contracts_termsversion AS version ON version.id = action.terms_version_id
LEFT JOIN LATERAL (
    SELECT sum(delta_payout) FILTER (WHERE is_change) AS by_all,
           coalesce(sum(delta_payout) FILTER (
               WHERE is_change AND (delta_amount <> 0 OR state = 'REVERSED' OR state_before = 'REVERSED')
           ), 0) AS by_returns,
           bool_or(replaced_id IS NOT NULL AND before IS NULL) AS gave_way
    FROM (
        SELECT delta_payout, delta_amount, modification.id IS NOT NULL AS is_change, replaced_id, before, each.state,
               lag(each.state) OVER (ORDER BY number) AS state_before
        FROM tracking_actionupdate AS each LEFT JOIN tracking_modification AS modification
          ON modification.id = each.modification_id AND modification.state = 'APPLIED'
        WHERE action_id = action.id
    ) AS each_update
) AS changed ON action.updates_count > 1
WHERE action.program_id = %s AND action.partner_id = %s AND action.day >= %s AND action.day < %s
  AND action.currency = %s AND NOT action.is_test AND version.template_terms_id = %s
  AND changed.gave_way IS NOT TRUE
"""
