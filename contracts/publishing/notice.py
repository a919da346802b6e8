"""Change notice: from which day a new version, or other terms, may apply to partners who work under terms now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from common.db.statements import AnyOf
from common.refusals import Refusal, Refused
from contracts.agreements.changes import Changes
from contracts.agreements.starts import Start, is_earlier
from contracts.engine.document.whole_terms.notice import NOTICE, days_in_words
from contracts.models import Contract, ContractEventType, TakenTime, TemplateTerms, TermsVersion
from program.templatetags.brandboard import day


@dataclass(frozen=True, slots=True)
class Notice:
    """The longest notice that partners in force have, the version that gives it, and how many partners have it.

    `terms` names the template terms where they are others than those that change.
    """

    days: int
    version: int
    partners: int
    first_day: date
    terms: str = ""

    @property
    def words(self) -> str:
        who = "1 partner has" if self.partners == 1 else f"{self.partners:,} partners have"
        whose = f"{self.terms}, " if self.terms else ""
        return f"{who} {days_in_words(self.days)} of notice by {whose}version {self.version}"

    @property
    def rule(self) -> str:
        return f"The new version can apply from {day(self.first_day)} on."


def notice_of(template_terms: TemplateTerms, now: datetime) -> Notice | None:
    """The notice that decides when a new version of these terms may apply: the longest of the versions in force. None
    where nobody has any.
    """
    return _longest(template_terms, Contract.objects.active(now), now)


def _longest(template_terms: TemplateTerms, contracts: QuerySet[Contract], now: datetime) -> Notice | None:
    contracts = contracts.filter(terms_version__template_terms=template_terms)
    key = f"terms_version__document__{NOTICE.keys[0]}"
    rows = contracts.filter(**{f"{key}__isnull": False}).order_by().values_list("terms_version__number", key)
    found: Sequence[tuple[int, int, int]] = list(rows.annotate(partners=Count("partner", distinct=True)))
    if not found:
        return None
    number, days, partners = max(found, key=lambda row: (row[1], row[0]))
    today = timezone.localdate(now, template_terms.program.zone)
    return Notice(days, number, partners, today + timedelta(days=days))


def refuse_short_notice(
    template_terms: TemplateTerms,
    rows: Collection[ContractEventType],
    version: TermsVersion,
    changes: Changes,
    start: Start,
) -> None:
    """Raise Refused with the first possible day where the start would change what a partner works under before their
    notice is over: by moving a contract of these terms, or by taking the time of one of other terms. A contract that
    was ended on an earlier day is not changed by what follows it.
    """
    affected = {row.partner_id for row in rows if is_earlier(row, version)}
    held = Contract.objects.active(start.now).filter(AnyOf(F("partner_id"), affected), _goes_on(start, "pk"))
    own = _longest(template_terms, held, start.now) if affected else None
    taken = {(row.partner_id, row.event_type_id) for row, _ in changes.cut.values()}
    others = _notice_of_others(template_terms, taken, start) if taken else None
    notice = max(filter(None, (own, others)), key=lambda each: each.days, default=None)
    if notice is None:
        return
    begins = timezone.localdate(start.moment, template_terms.program.zone)
    if begins < notice.first_day:
        agreed = " If they agree to an earlier day, end their contract on that day first." if notice.terms else ""
        first = day(notice.first_day)
        raise Refused(Refusal("Start", f"{notice.words}: the first possible day is {first}.{agreed}", "notice"))


def _goes_on(start: Start, contract: str, event_type: str = "") -> Q:
    """Whether a contract lasts beyond the start, or would if one that begins later had not taken its time. It is named
    by fields of the outer query, as is the event type where it is about one.
    """
    about = {"event_type": OuterRef(event_type)} if event_type else {}
    rows = ContractEventType.objects.filter(period__overlap=start.onwards, contract=OuterRef(contract), **about)
    taken = TakenTime.objects.filter(period__overlap=start.onwards, earlier=OuterRef(contract), **about)
    return Q(Exists(rows)) | Q(Exists(taken))


def _notice_of_others(template_terms: TemplateTerms, taken: set[tuple[int, int]], start: Start) -> Notice | None:
    """The longest notice by which other terms pay these partners now for these event types, (partner, event type), and
    would go on beyond the start.
    """
    held = ContractEventType.objects.filter(
        AnyOf(F("partner_id"), {partner for partner, _ in taken}),
        _goes_on(start, "contract", "event_type"),
        period__contains=start.now,
    ).exclude(contract__terms_version__template_terms=template_terms)
    version = "contract__terms_version__"
    key = f"{version}document__{NOTICE.keys[0]}"
    rows = held.filter(**{f"{key}__isnull": False}).values_list(
        "partner_id", "event_type_id", f"{version}template_terms__name", f"{version}number", key
    )
    partners: dict[tuple[int, str, int], set[int]] = {}
    for partner, event_type, name, number, days in rows:
        if (partner, event_type) in taken:
            partners.setdefault((days, name, number), set()).add(partner)
    if not partners:
        return None
    days, name, number = longest = max(partners)
    today = timezone.localdate(start.now, template_terms.program.zone)
    return Notice(days, number, len(partners[longest]), today + timedelta(days=days), name)
