"""Who is to work under which terms when, as agreed by publishing and joining; nothing is written here.

The rule: from its start on, a partner's newest agreement for an event type is the one that applies. What was agreed
before keeps its time up to there, and what lies before today is never taken from it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F
from django.utils import timezone

from common.db.statements import AnyOf
from common.refusals import Refusal, Refused
from contracts.models import ContractEventType, TermsVersion
from program.models import EventType, Partner, Program
from program.templatetags.brandboard import day

from .periods import joined_up, overlap, span

# How many partners a refusal names, with their contracts where these are all; the rest are counted.
NAMED = 3
# The code of the refusal of a start before today.
PAST = "past"


@dataclass(frozen=True, slots=True)
class Start:
    """From when an agreement applies: the moment, and whether that is now or lies in the past."""

    moment: datetime
    is_now: bool
    is_past: bool
    now: datetime

    @property
    def onwards(self) -> DateTimeTZRange:
        return DateTimeTZRange(self.moment, None)


@dataclass(frozen=True, slots=True)
class Agreed:
    """A time for which a partner is to be paid for an event type by the version being published."""

    partner_id: int
    event_type_id: int
    period: DateTimeTZRange
    is_moved: bool = False


def start_of(program: Program, wanted: date | None) -> Start:
    """A day begins at 00:00 in the program's time zone; today, and no day at all, mean now."""
    now = timezone.now()
    today = timezone.localtime(now, program.zone).date()
    if wanted is None or wanted == today:
        return Start(now, is_now=True, is_past=False, now=now)
    begins = datetime.combine(wanted, time.min, program.zone).astimezone(UTC)
    return Start(begins, is_now=False, is_past=wanted < today, now=now)


def standing(partner_ids: Collection[int], start: datetime, *, lock: bool) -> list[ContractEventType]:
    """The partners' agreements that last beyond the start; with `lock` until the transaction ends.

    The partners' rows are locked first and in order, so that two publishers wait for each other.
    """
    if lock:
        hold_partners(partner_ids)
    lasting = ContractEventType.objects.filter(
        AnyOf(F("partner_id"), partner_ids), period__overlap=DateTimeTZRange(start, None)
    )
    rows = list(lasting.select_related("contract").order_by("pk"))
    # Many contracts share few versions: each is read once, without its document.
    wanted = {row.contract.terms_version_id for row in rows}
    versions = TermsVersion.objects.filter(pk__in=wanted).select_related("template_terms").defer("document").in_bulk()
    for row in rows:
        row.contract.terms_version = versions[row.contract.terms_version_id]
    return rows


def hold_partners(partner_ids: Collection[int]) -> None:
    """Lock these partners' contracts until the transaction ends."""
    rows = Partner.objects.filter(AnyOf(F("pk"), partner_ids)).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def moved(
    rows: Iterable[ContractEventType], version: TermsVersion, event_types: Collection[int], start: Start
) -> list[Agreed]:
    """What happens to contracts of earlier versions of the same terms: the rest of their time moves to the new version.

    An event type that the version adds gets the rest of the contract's whole time. One that a contract paid for and
    does no longer, because the partner has agreed to other terms for it since, is not added.
    """
    contracts: dict[int, list[ContractEventType]] = {}
    for row in rows:
        if is_earlier(row, version):
            contracts.setdefault(row.contract_id, []).append(row)
    times: dict[tuple[int, int], list[DateTimeTZRange]] = {}
    for contract_id, held in contracts.items():
        for row in held:
            times.setdefault((contract_id, row.event_type_id), []).append(row.period)
    missing = [each for each in contracts if any((each, event_type) not in times for event_type in event_types)]
    paid_once = set(
        ContractEventType.objects.filter(AnyOf(F("contract_id"), missing)).values_list("contract_id", "event_type_id")
        if missing
        else ()
    )
    agreed: dict[tuple[int, int], list[DateTimeTZRange]] = {}
    for contract_id, held in contracts.items():
        whole = [span(row.period for row in held)]
        for event_type_id in event_types:
            key = (contract_id, event_type_id)
            periods = times.get(key, [] if key in paid_once else whole)
            rest = [overlap(period, start.onwards) for period in periods]
            agreed.setdefault((held[0].partner_id, event_type_id), []).extend(rest)
    return [Agreed(*key, period, is_moved=True) for key, periods in agreed.items() for period in joined_up(periods)]


def is_earlier(row: ContractEventType, version: TermsVersion) -> bool:
    """Whether the row belongs to a contract by another version of the same terms."""
    held = row.contract.terms_version
    return held.template_terms_id == version.template_terms_id and held.pk != version.pk


def joined(
    partner_ids: Iterable[int],
    rows: Iterable[ContractEventType],
    version: TermsVersion,
    event_types: Collection[int],
    start: Start,
    *,
    open_to_the_past: bool,
) -> list[Agreed]:
    """An agreement from the start for each partner and event type that has no lasting one by this version.

    It is open-ended; one that begins in the past ends where the partner's next contract for the event type begins.
    `open_to_the_past`: a partner's first agreement for an event type has no beginning, so that orders from before,
    such as an import of history, are priced.
    """
    rows = list(rows)
    lasting = {(row.partner_id, row.event_type_id) for row in rows if _lasts(row, version, start)}
    wanted = [(partner, each) for partner in partner_ids for each in event_types if (partner, each) not in lasting]
    if start.is_past:
        begin: dict[tuple[int, int], datetime] = {}
        for row in rows:
            if row.period.lower is not None and row.period.lower > start.moment:
                key = (row.partner_id, row.event_type_id)
                begin[key] = min(row.period.lower, begin.get(key, row.period.lower))
        return [Agreed(*key, DateTimeTZRange(start.moment, begin.get(key))) for key in wanted]
    known: set[tuple[int, int]] = set()
    if open_to_the_past:
        known.update(
            ContractEventType.objects.filter(AnyOf(F("partner_id"), {partner for partner, _ in wanted}))
            .exclude(period__isempty=True)
            .values_list("partner_id", "event_type_id")
        )
    return [
        Agreed(*key, DateTimeTZRange(None if open_to_the_past and key not in known else start.moment, None))
        for key in wanted
    ]


def refuse_the_past(
    agreed: Iterable[Agreed], rows: Iterable[ContractEventType], version: TermsVersion, start: Start
) -> None:
    """Raise Refused with how many partners' contracts a start before today would take time from, and the first of them.

    That is who had a contract for an event type at that moment, and who still works under an earlier version of these
    terms, whose contract could only be moved by rewriting its past.
    """
    if not start.is_past:
        return
    wanted = {(each.partner_id, each.event_type_id) for each in agreed}
    taken: dict[int, list[ContractEventType]] = {}
    for row in rows:
        stood = row.period.lower is None or row.period.lower <= start.moment
        lasts = row.period.upper is None or row.period.upper > start.now
        if (stood and (row.partner_id, row.event_type_id) in wanted) or (lasts and is_earlier(row, version)):
            taken.setdefault(row.partner_id, []).append(row)
    if not taken:
        return
    program = version.program
    partners = list(Partner.objects.filter(pk__in=taken).order_by("name", "pk")[:NAMED])
    more = len(taken) - len(partners)
    if more:
        who = ", ".join(map(str, partners)) + f" and {more:,} more"
    else:
        codes = dict(EventType.objects.filter(program=program).values_list("pk", "code"))
        times = {each: _times(taken[each.pk], codes, program) for each in partners}
        who = ", ".join(f"{each} ({each.media_partner_id}: {times[each]})" for each in partners)
    count = "1 partner" if len(taken) == 1 else f"{len(taken):,} partners"
    message = (
        f"{day(start.moment, program.zone)} is before today, and would change contracts of the past of {count}: {who}. "
        "Choose today or a later day, or leave these partners out."
    )
    raise Refused(Refusal("Start", message, PAST))


def _lasts(row: ContractEventType, version: TermsVersion, start: Start) -> bool:
    stood = row.period.lower is None or row.period.lower <= start.moment
    return row.contract.terms_version_id == version.pk and row.period.upper is None and stood


def _times(rows: Iterable[ContractEventType], codes: dict[int, str], program: Program) -> str:
    """The contracts of one partner: SALE by Standard, version 1, since 3 May 2026."""
    told = []
    for row in rows:
        lower, upper = row.period.lower, row.period.upper
        since = f" since {day(lower, program.zone)}" if lower else ""
        until = f" until {day(upper, program.zone)}" if upper else ""
        told.append(f"{codes[row.event_type_id]} by {row.contract.terms_version}{since}{until}")
    return "; ".join(told)
