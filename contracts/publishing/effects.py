"""What publishing and joining do to contracts, computed before it is shown and again before it is done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from common.refusals import Refusal, Refused
from contracts.agreements.changes import Changes, ContractChange, changes_by
from contracts.agreements.starts import Start, joined, moved, refuse_the_past, standing, start_of
from contracts.agreements.waiting import ContractTime, count_waiting
from contracts.drafts.documents import Document, as_drafted, version_terms
from contracts.drafts.unpublished import newest_version
from contracts.engine.attribution.credit import Agreement
from contracts.engine.document.terms import Terms
from contracts.engine.pricing.limits.caps import TermsLimits
from contracts.models import Contract, TemplateTerms, TermsVersion
from program.models import EventType, Partner, Program

from .notice import refuse_short_notice

Join = str | Sequence[str] | None
# Terms as the engine reads them, their canonical document, and the warnings.
Loaded = tuple[Terms, Document, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Effects:
    """What publishing or joining does to contracts. The version is not stored yet where `is_new`; `terms` are spelled
    as a draft spells them."""

    version: TermsVersion
    terms: Terms
    is_new: bool
    start: Start
    changes: Changes
    times: list[ContractTime]  # for which contracts are made
    waiting_orders: int
    warnings: tuple[str, ...]
    # Of all that a page shows: a confirmation with another fingerprint is for other effects.
    fingerprint: str

    @property
    def ended(self) -> list[ContractChange]:
        """Contracts that pay for less time than before, those that now never begin among them."""
        return self.changes.changed

    @property
    def never_begin(self) -> int:
        return sum(change.never_begins for change in self.changes.changed)


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did. `is_new` is False where the document was the newest version's already.

    `contracts_ended` counts those that pay for less time than before; `never_begin` says how many of them were still
    to come and now never begin. `waiting_orders` were held because they had no contract, and are priced next.
    """

    version: TermsVersion
    is_new: bool
    contracts_made: int
    contracts_ended: int
    never_begin: int
    waiting_orders: int
    warnings: tuple[str, ...]


def work_out(
    template_terms: TemplateTerms, loaded: Loaded, *, join: Join, start: date | None, lock: bool = False
) -> Effects:
    """The effects on contracts; with `lock` those are locked until the transaction ends.

    Raises Refused for unknown partners, for a start before today that is not free, and for one before the notice of
    the terms in force is over.
    """
    program = template_terms.program
    terms, canonical, warnings = loaded
    partner_ids = _partner_ids(program, join)
    codes = _event_types(program, terms)
    event_types = list(codes)
    newest = newest_version(template_terms)
    shown = as_drafted(terms)
    is_new = newest is None or version_terms(newest.pk) != shown or terms.reset_accrued_actions
    version = newest
    if version is None or is_new:
        is_of_another = newest is not None and version_terms(newest.pk).currency != terms.currency
        resets = terms.reset_accrued_actions or is_of_another  # amounts of two currencies are not one sum
        version = _next_version(template_terms, newest, canonical, resets=resets)
        if is_of_another and any(_limits(terms, code).is_counted for code in codes.values()):
            warnings = (*warnings, _ANOTHER_CURRENCY)
    begins = start_of(program, start)
    rows = standing({*partner_ids, *_bound(template_terms, version, begins)}, begins.moment, lock=lock)
    agreed = joined(partner_ids, rows, version, event_types, begins, open_to_the_past=start is None)
    refuse_the_past(agreed, rows, version, begins)
    if not begins.is_past:
        joining = set(partner_ids)
        agreed += moved([row for row in rows if row.partner_id not in joining], version, event_types, begins)
    changes = changes_by(version, agreed, rows, event_types, begins)
    refuse_short_notice(template_terms, rows, version, changes, begins)
    if dropped := [change for change in changes.changed if change.drops(set(event_types))]:
        warnings = (*warnings, _dropped_warning(dropped))
    about = ["" if begins.is_now else begins.moment, is_new, version.number, canonical]
    times = _times(changes, _agreements(terms, codes))
    waiting = count_waiting(program.pk, times)
    return Effects(
        version, shown, is_new, begins, changes, times, waiting, warnings, changes.fingerprint(begins, *about)
    )


_ANOTHER_CURRENCY = (
    "These terms have another currency than the version before: all limits begin to count again, for all partners, "
    "when they move to this version."
)


def _limits(terms: Terms, code: str) -> TermsLimits:
    return TermsLimits(terms.event_payout(code).limits, terms.action_limit, terms.spend_limit)


def _next_version(
    template_terms: TemplateTerms, newest: TermsVersion | None, document: Document, *, resets: bool
) -> TermsVersion:
    """Its limits go on counting where the newest version's do, unless it resets them or pays in another currency."""
    number = newest.number + 1 if newest else 1
    return TermsVersion(
        program=template_terms.program,
        template_terms=template_terms,
        number=number,
        document=document,
        counters_since=number if newest is None or resets else newest.counters_since,
    )


def _agreements(terms: Terms, codes: Mapping[int, str]) -> dict[int, Agreement]:
    """What these terms say of referrals, by event type."""
    payouts = {number: terms.event_payout(code) for number, code in codes.items()}
    return {number: Agreement(payout.credit_policy, payout.valid_referrals) for number, payout in payouts.items()}


def _times(changes: Changes, agreements: Mapping[int, Agreement]) -> list[ContractTime]:
    return [
        ContractTime(
            row.partner_id, row.event_type_id, row.period.lower, row.period.upper, agreements[row.event_type_id]
        )
        for _, rows in changes.made
        for row in rows
    ]


def _bound(template_terms: TemplateTerms, version: TermsVersion, begins: Start) -> set[int]:
    """The partners whose contracts of earlier versions of these terms last beyond the start, and beyond now."""
    last = begins.now if begins.is_past else begins.moment
    contracts = Contract.objects.filter(terms_version__template_terms=template_terms, period__overlap=(last, None))
    return set(contracts.exclude(terms_version=version.pk).values_list("partner_id", flat=True))


def _event_types(program: Program, terms: Terms) -> dict[int, str]:
    codes = [payout.event_type_code for payout in terms.event_payouts]
    return dict(EventType.objects.filter(program=program, code__in=codes).values_list("pk", "code"))


def _partner_ids(program: Program, join: Join) -> list[int]:
    """The partners to make contracts with. Raises Refused naming each unknown id."""
    partners = Partner.objects.filter(program=program).order_by("pk")
    if not join:
        return []
    if join == "all":
        return list(partners.filter(is_active=True).values_list("pk", flat=True))
    wanted = [join] if isinstance(join, str) else list(dict.fromkeys(join))
    known = dict(partners.filter(media_partner_id__in=wanted).values_list("media_partner_id", "pk"))
    if unknown := [each for each in wanted if each not in known]:
        raise Refused(
            *(Refusal("Join", f"{each} is not a known partner of this program", "unknown") for each in unknown)
        )
    return [known[each] for each in wanted]


def _dropped_warning(changes: Iterable[ContractChange]) -> str:
    partners = len({change.contract.partner_id for change in changes})
    who = "1 partner loses" if partners == 1 else f"{partners} partners lose"
    return f"This version does not pay for an event type that an earlier one paid for: {who} it."
