"""Orders that a browser and a server have both reported: one action, by the order as the server sent it.

Anybody can report an order id that they guess, before the shop's own page does. So all reports of an order are kept,
and the one that agrees with the server's order, in its customer or in its amount, says how the customer came: the
server's takes the place of its action by an update, and is still credited to the partner that brought the customer
(payouts.md §11). Where none agrees, or the server's names somebody else, the server's is credited by what it names
itself; if that is another partner or nobody, the browser's action is reversed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import itemgetter
from typing import Any

from django.utils import timezone

from common.currencies import CURRENCY_DIGITS
from common.db.statements import fetch
from contracts.engine.orders.context import Context
from contracts.engine.orders.order import read_order
from program.models import Program
from tracking.browser.replaced_orders import Replaced, credited_elsewhere, load_for, replaced_by, write_replaced
from tracking.intake.parsing import is_refused
from tracking.limits.changes import caps_of_customer, places_for
from tracking.limits.counters import Counters, Place
from tracking.limits.kept import places_of
from tracking.models import Action, Conversion
from tracking.models.conversion import BROWSERS
from tracking.modifications.new_modifications import wake_applied, wake_unfit
from tracking.modifications.order_changes import ModificationRefused

from .attribution import Held
from .lookups import CustomerKey, customer_key
from .priced_orders import Priced
from .referrals import forced_partner

State, Reason = Conversion.State, Conversion.Reason
type Outcomes = list[tuple[Conversion, Priced | Held]]
type Mark = tuple[Conversion, int, str]  # a browser's report, the server's order, and how they differ

_OTHERS = """
SELECT own.id, other.id FROM tracking_conversion AS own JOIN tracking_conversion AS other
  ON other.event_type_id = own.event_type_id AND other.order_id = own.order_id AND other.order_id <> ''
 AND other.is_test = own.is_test AND other.deduplication_period && own.deduplication_period
WHERE own.id = ANY(%s)
"""
# A browser's report that was settled stays the server's: it says how the customer came, however often that is asked.
# Those that came first are as good as those that came behind one.
_BROWSERS_OF = f"""
{_OTHERS} AND other.source IN ('PIXEL', 'TAG') AND other.state <> 'ERASED'
 AND (other.state <> 'DUPLICATE' OR other.duplicate_of_id = own.id OR other.reason = '{Reason.DUPLICATE}')
ORDER BY own.id, other.state = 'DUPLICATE', other.id
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
    browsers: dict[int, Conversion] = field(default_factory=dict)  # by the server's conversion: what has that action
    reported: dict[int, list[Action]] = field(default_factory=dict)  # by the server's conversion: what browsers' have
    agreeing: dict[int, Conversion] = field(default_factory=dict)  # by the server's conversion: what is trusted
    ways: set[int] = field(default_factory=set)  # server's conversions that came as a browser's came
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
    found: dict[int, list[int]] = defaultdict(list)
    for own, other in fetch(_BROWSERS_OF, [list(by_server)]):
        found[own].append(other)
    if not found:
        return
    numbers = {other for others in found.values() for other in others}
    locked = {row.pk: row for row in Conversion.objects.select_for_update().filter(pk__in=numbers).order_by("pk")}
    actions = {
        action.conversion_id: action
        for action in Action.objects.select_for_update(of=("self",))
        .select_related("conversion", "event_type", "program")
        .filter(conversion__in=locked)
        .order_by("pk")
    }
    currencies = _currencies(by_server[own] for own in found)
    marks: list[Mark] = []
    for own, others in found.items():
        server, rows = by_server[own], [locked[pk] for pk in others]
        first = next((row for row in rows if row.state != State.DUPLICATE or row.duplicate_of_id == own), None)
        if first is None:
            continue
        reports = [first, *(row for row in rows if row.pk != first.pk and row.duplicate_of_id in (own, first.pk))]
        both.browsers[own] = first
        both.settled |= {report.pk for report in reports}
        both.reported[own] = [actions[report.pk] for report in reports if report.pk in actions]
        if first.pk in actions and first.state == State.PRICED:
            both.actions[own] = actions[first.pk]
            both.keys[own] = customer_key(server)
        if agreeing := _agreeing(server, reports, currencies[server.program_id]):
            both.agreeing[own] = agreeing
            if _add_ways(server, agreeing):
                both.ways.add(own)
        with_action = both.actions[own].conversion_id if own in both.actions else None
        marks += [
            (report, own, "" if report.pk == with_action else _differs(server, report, currencies[server.program_id]))
            for report in reports
            if report.duplicate_of_id != own
        ]
    _mark(marks)


def _add_ways(server: Conversion, browser: Conversion) -> bool:
    """Have the server's order, which names neither click nor profile, come as the browser's came."""
    payload = server.payload
    ways = {name: browser.payload[name] for name in _WAYS if name in browser.payload}
    if not ways or any(name in payload for name in _WAYS) or is_refused(payload):
        return False
    server.payload = {**payload, **ways}  # in memory: what was sent stays as it is
    return True


_WHO = ("CustomerId", "CustomerEmail")


def _agreeing(server: Conversion, reports: Iterable[Conversion], currency: str) -> Conversion | None:
    """The report that agrees with the server's order in its customer, else in its amount; of several the first."""
    known = [report for report in reports if report.erased_at is None]
    ranked = [(rank, row.pk, row) for row in known if (rank := _agrees(server, row, currency)) is not None]
    return min(ranked, key=itemgetter(0, 1))[2] if ranked else None


def _agrees(server: Conversion, browser: Conversion, currency: str) -> int | None:
    """0 where both name one customer, 1 where one of them names nobody and the amounts are the same; None where they do
    not agree.
    """
    for name in _WHO:
        ours, theirs = str(server.payload.get(name, "")), str(browser.payload.get(name, ""))
        if ours and theirs and (name == "CustomerId" or len(ours) == len(theirs)):  # an address has two hashes
            return 0 if ours.casefold() == theirs.casefold() else None
    return 1 if _amount(server.payload, currency) == _amount(browser.payload, currency) else None


def _currencies(conversions: Iterable[Conversion]) -> dict[int, str]:
    programs = {conversion.program_id for conversion in conversions}
    return dict(Program.objects.filter(pk__in=programs).values_list("pk", "currency"))


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
    servers = Conversion.objects.only("payload", "program").in_bulk(set(found.values()))
    currencies = _currencies(servers.values())
    pairs = [(by_browser[own], servers[other]) for own, other in found.items()]
    _mark([(report, server.pk, _differs(server, report, currencies[server.program_id])) for report, server in pairs])
    both.settled |= found.keys()
    told = [other for own, other in found.items() if any(name in by_browser[own].payload for name in _WAYS)]
    held = Conversion.objects.filter(pk__in=told, state=State.HELD, reason__in=_WITHOUT_JOURNEY)
    held.update(state=State.WAITING, reason="", detail="", attempts=0, processed_at=None)


_WITHOUT_JOURNEY = (
    Reason.NO_REFERRAL, Reason.NO_VALID_REFERRAL, Reason.OUTSIDE_WINDOW, Reason.KIND_NOT_ACCEPTED,
    Reason.TERMS_NOT_FOUND, Reason.CONTRACT_NOT_FOUND,
)  # fmt: skip


def _differs(server: Conversion, browser: Conversion, currency: str) -> str:
    """How a report that no update of an action tells of differs from the server's order, blank where it does not."""
    ours, theirs = _amount(server.payload, currency), _amount(browser.payload, currency)
    return "" if ours == theirs else f"The browser said {theirs[1]:f} {theirs[0]}, your server {ours[1]:f} {ours[0]}."


def _mark(marks: Sequence[Mark]) -> None:
    """Make browser's reports duplicates of the server's."""
    if marks:
        reasons = [(Reason.DIFFERS if differs else Reason.REPLACED).value for *_, differs in marks]
        details = [f"{COUNTS} {differs}".rstrip() for *_, differs in marks]
        browsers, servers = [browser.pk for browser, *_ in marks], [server for _, server, _ in marks]
        fetch(_MARK, [timezone.now(), browsers, servers, reasons, details])


COUNTS = "Your server sent this order, too: it counts as the server sent it."
_MARK = """
UPDATE tracking_conversion AS browser
SET state = 'DUPLICATE', reason = mark.reason, duplicate_of_id = mark.server, processed_at = %s, detail = mark.detail
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) AS mark (browser, server, reason, detail)
WHERE browser.id = mark.browser RETURNING browser.id
"""


def places_of_both(both: Both, customers: Mapping[CustomerKey, int]) -> list[Place]:
    """The counters of limits that these actions take from, and those that they would with the server's customer."""
    places = places_of(both.actions.values())
    for server, action in both.actions.items():
        if action.limits is not None and not action.is_erased and (key := both.keys[server]):
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
        elif _names_another(action, outcome) or _is_nobodys(both, server, outcome):
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


def _names_another(action: Action, outcome: Priced | Held) -> bool:
    if isinstance(outcome, Held):
        return outcome.reason in _TAKEN_AWAY
    return outcome.credited.partner.pk != action.partner_id


def _is_nobodys(both: Both, server: Conversion, outcome: Priced | Held) -> bool:
    """Whether the server's order credits nobody, and the report that has the action is not to be trusted."""
    if both.agreeing.get(server.pk) is both.browsers[server.pk] or not isinstance(outcome, Held):
        return False
    return outcome.reason not in _NOT_YET and not forced_partner(server)


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


def wake_changes(both: Both, priced: Iterable[Priced]) -> None:
    """Where a server's order has an action of its own, have the changes of the browser's be applied to that, those too
    that did not fit the browser's.
    """
    servers = {row.credited.conversion.pk for row in priced}
    actions = [action for server, reported in both.reported.items() if server in servers for action in reported]
    wake_applied(actions)
    wake_unfit(actions)


def write_both(both: Both, customers: Mapping[CustomerKey, int]) -> list[Conversion]:
    """Write the updates; returns the server's orders that have an action now."""
    write_replaced(both.replaced, customers)
    return [each.server for each in both.replaced if each.takes_over]
