"""Orders that a browser and a server have both reported: one action, by the order as the server sent it.

The server's takes the place of the browser's by an update of the same action, which is still credited to the partner
that brought the customer (payouts.md §11). Where the server's itself names somebody else, the browser's is reversed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from common.currencies import CURRENCY_DIGITS
from common.db.statements import fetch
from contracts.engine.orders.context import Context
from contracts.engine.orders.order import read_order
from program.models import Program
from tracking.browser.replaced_orders import Replaced, credited_elsewhere, load_for, replaced_by, write_replaced
from tracking.limits.changes import caps_of_customer, places_for
from tracking.limits.counters import Counters, Place
from tracking.limits.kept import places_of
from tracking.models import Action, Conversion
from tracking.models.conversion import BROWSERS
from tracking.modifications.order_changes import ModificationRefused

from .attribution import Held
from .lookups import CustomerKey, customer_key
from .priced_orders import Priced
from .referrals import forced_partner

State, Reason = Conversion.State, Conversion.Reason
type Outcomes = list[tuple[Conversion, Priced | Held]]

_OTHERS = """
SELECT own.id, other.id FROM tracking_conversion AS own JOIN tracking_conversion AS other
  ON other.event_type_id = own.event_type_id AND other.order_id = own.order_id AND other.order_id <> ''
 AND other.is_test = own.is_test AND other.deduplication_period && own.deduplication_period
WHERE own.id = ANY(%s)
"""
# A browser's report that was settled stays the server's: it says how the customer came, however often that is asked.
_BROWSERS_OF = f"""
{_OTHERS} AND other.source IN ('PIXEL', 'TAG') AND (other.state <> 'DUPLICATE' OR other.duplicate_of_id = own.id)
ORDER BY own.id, other.id
"""
_SERVERS_OF = f"""
{_OTHERS} AND (other.source IN ('PIXEL', 'TAG')) = false AND other.state <> 'DUPLICATE'
 AND hashtextextended(other.order_id, 0) = hashtextextended(own.order_id, 0) ORDER BY own.id, other.id
"""
_WAYS = ("ClickId", "CustomProfileId")  # by which an order's journey is found
# Nobody is to be credited with an order that carries another partner's code.
_TAKEN_AWAY = (Reason.BLOCKED_BY_PROMO_CODE, Reason.RESTRICTED_PROMO_CODE)
# Of a server's order that is held for one of these, the browser's stays as it is until the cause is mended.
_NOT_YET = (
    Reason.EVENT_TYPE_NOT_ACTIVE, Reason.PARTNER_UNKNOWN, Reason.PARTNER_NOT_ACTIVE, Reason.RATE_MISSING, Reason.ERROR,
)  # fmt: skip


@dataclass
class Both:
    """The orders of a batch that a browser and a server have reported, as pricing settles them."""

    settled: set[int] = field(default_factory=set)  # browser's reports of the batch that are not priced
    actions: dict[int, Action] = field(default_factory=dict)  # by the server's conversion: the browser's action
    browsers: dict[int, Conversion] = field(default_factory=dict)  # by the server's conversion
    keys: dict[int, CustomerKey | None] = field(default_factory=dict)  # by the server's conversion: its customer
    replaced: list[Replaced] = field(default_factory=list)

    def to_price(self, conversions: Iterable[Conversion]) -> list[Conversion]:
        return [each for each in conversions if each.pk not in self.settled]


def find_both(conversions: Sequence[Conversion]) -> Both:
    """Find what browsers and servers have both reported, and set the browser's aside: it is the server's duplicate.
    Inside the transaction that prices.
    """
    both = Both()
    by_browser = {each.pk: each for each in conversions if each.source in BROWSERS and each.order_id}
    by_server = {each.pk: each for each in conversions if each.source not in BROWSERS and each.order_id}
    if by_server:
        _set_aside_browsers(both, by_server)
    if left := by_browser.keys() - both.settled:
        _give_way(both, {pk: by_browser[pk] for pk in left})
    return both


def _set_aside_browsers(both: Both, by_server: Mapping[int, Conversion]) -> None:
    found: dict[int, int] = {}
    for own, other in fetch(_BROWSERS_OF, [list(by_server)]):
        found.setdefault(own, other)
    if not found:
        return
    rows = Conversion.objects.select_for_update().filter(pk__in=found.values()).order_by("pk")
    locked = {row.pk: row for row in rows}
    actions = {
        action.conversion_id: action
        for action in Action.objects.select_for_update(of=("self",))
        .select_related("conversion", "event_type", "program")
        .filter(conversion__in=locked)
        .order_by("pk")
    }
    programs = {by_server[own].program_id for own in found}
    currencies = dict(Program.objects.filter(pk__in=programs).values_list("pk", "currency"))
    for own, other in found.items():
        browser, server = locked[other], by_server[own]
        if browser.state == State.ERASED:
            continue
        both.browsers[own] = browser
        both.settled.add(other)
        if other in actions and browser.state == State.PRICED:
            both.actions[own] = actions[other]
            both.keys[own] = customer_key(server)
        _add_ways(server, browser, currencies)
    _mark([(browser.pk, own) for own, browser in both.browsers.items() if browser.state != State.DUPLICATE])


def _add_ways(server: Conversion, browser: Conversion, currencies: Mapping[int, str]) -> None:
    """Have the server's order, which names neither click nor profile, come as the browser's came."""
    payload = server.payload
    if not _is_believed(server, browser, currencies[server.program_id]):
        return
    if any(name in payload for name in _WAYS) or payload.get("TrackingConsent", "true").casefold() in _NO:
        return
    ways = {name: browser.payload[name] for name in _WAYS if name in browser.payload}
    server.payload = {**payload, **ways}  # in memory: what was sent stays as it is


_NO = ("false", "no", "0")
_WHO = ("CustomerId", "CustomerEmail")


def _is_believed(server: Conversion, browser: Conversion, currency: str) -> bool:
    """Whether a browser's report says how the customer of the server's order came. An order id can be guessed, so who
    reports one that the server has sent already has to know its customer or its amount, too.
    """
    for name in _WHO:
        ours, theirs = server.payload.get(name), browser.payload.get(name)
        if ours and theirs:
            return str(ours).casefold() == str(theirs).casefold()
    came_first = browser.received_at <= server.received_at
    return came_first or _amount(server.payload, currency) == _amount(browser.payload, currency)


def _amount(payload: Mapping[str, Any], currency: str) -> tuple[str, Decimal]:
    """The sale amount as ordered, in its own currency."""
    own = str(payload.get("CurrencyCode") or currency).upper()
    return own, read_order(payload, Context(currency=own, default_currency=own, digits=CURRENCY_DIGITS)).amount


def _give_way(both: Both, by_browser: Mapping[int, Conversion]) -> None:
    """Set aside browser's reports whose order the server has sent; one held for want of a journey is tried again."""
    found: dict[int, int] = {}
    for own, other in fetch(_SERVERS_OF, [list(by_browser)]):
        found.setdefault(own, other)
    if not found:
        return
    _mark(list(found.items()))
    both.settled |= found.keys()
    told = [other for own, other in found.items() if any(name in by_browser[own].payload for name in _WAYS)]
    held = Conversion.objects.filter(pk__in=told, state=State.HELD, reason__in=_WITHOUT_JOURNEY)
    held.update(state=State.WAITING, reason="", detail="", attempts=0, processed_at=None)


_WITHOUT_JOURNEY = (
    Reason.NO_REFERRAL, Reason.NO_VALID_REFERRAL, Reason.OUTSIDE_WINDOW, Reason.KIND_NOT_ACCEPTED,
    Reason.TERMS_NOT_FOUND, Reason.CONTRACT_NOT_FOUND,
)  # fmt: skip


def _mark(pairs: Sequence[tuple[int, int]]) -> None:
    """Make browser's reports duplicates of the server's."""
    if pairs:
        fetch(_MARK, [timezone.now(), [browser for browser, _ in pairs], [server for _, server in pairs]])


_MARK = f"""
UPDATE tracking_conversion AS browser
SET state = 'DUPLICATE', reason = '{Reason.REPLACED}', duplicate_of_id = pair.server, processed_at = %s,
    detail = 'Your server sent this order, too: it counts as the server sent it.'
FROM unnest(%s::bigint[], %s::bigint[]) AS pair (browser, server) WHERE browser.id = pair.browser
RETURNING browser.id
"""  # noqa: S608 (a name of our own)


def places_of_both(both: Both, customers: Mapping[CustomerKey, int]) -> list[Place]:
    """The counters of limits that these actions take from, and those that they would with the server's customer."""
    places = places_of(both.actions.values())
    for server, action in both.actions.items():
        if action.limits is not None and (key := both.keys[server]):
            places += places_for(action, caps_of_customer(action, customers[key]))
    return places


def settle(both: Both, outcomes: Outcomes, customers: Mapping[CustomerKey, int], counters: Counters) -> Outcomes:
    """What remains to be written as usual; server's orders that replace a browser's are in `both.replaced`. The
    counters of these are locked.
    """
    if not both.actions:
        return outcomes
    left: Outcomes = []
    again: dict[int, tuple[Conversion, Action]] = {}
    for server, outcome in outcomes:
        action = both.actions.get(server.pk)
        if action is None:
            left.append((server, outcome))
        elif _names_another(server, action, outcome):
            _reverse(both, server, action, outcome, left, counters)
        elif isinstance(outcome, Held) and (outcome.reason in _NOT_YET or forced_partner(server)):
            _restore(both.browsers[server.pk])
            left.append((server, outcome))
        else:
            again[server.pk] = server, action
    known = load_for(again.values())
    for server, action in again.values():
        try:
            after = replaced_by(server, action, known, customers, counters)
        except ModificationRefused as refused:
            _refuse(both, server, str(refused))
            continue
        if isinstance(after, Held):
            _restore(both.browsers[server.pk])
            left.append((server, after))
        else:
            both.replaced.append(after)
    return left


def _names_another(server: Conversion, action: Action, outcome: Priced | Held) -> bool:
    if isinstance(outcome, Held):
        return outcome.reason in _TAKEN_AWAY
    return outcome.credited.partner.pk != action.partner_id


def _reverse(
    both: Both, server: Conversion, action: Action, outcome: Priced | Held, left: Outcomes, counters: Counters
) -> None:
    try:
        both.replaced.append(credited_elsewhere(server, action, outcome, counters))
    except ModificationRefused as refused:
        _refuse(both, server, str(refused))
    else:
        left.append((server, outcome))


def _refuse(both: Both, server: Conversion, words: str) -> None:
    """The browser's order stays; the server's is kept with why, and is counted nowhere."""
    browser = both.browsers[server.pk]
    _restore(browser)
    Conversion.objects.filter(pk=server.pk).update(
        state=State.DUPLICATE,
        reason=Reason.NOT_REPLACED,
        detail=words,
        duplicate_of=browser,
        processed_at=timezone.now(),
    )


def _restore(browser: Conversion) -> None:
    Conversion.objects.filter(pk=browser.pk).update(
        state=State.PRICED, reason="", detail="", duplicate_of=None, processed_at=timezone.now()
    )


def write_both(both: Both, customers: Mapping[CustomerKey, int]) -> list[Conversion]:
    """Write the updates; returns the server's orders that have an action now."""
    write_replaced(both.replaced, customers)
    return [each.server for each in both.replaced if each.takes_over]
