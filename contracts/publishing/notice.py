"""Change notice: from which day a new version, or other terms, may apply to partners who work under terms now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F
from django.utils import timezone

from common.db.statements import AnyOf
from common.refusals import Refusal, Refused
from contracts.agreements.changes import Changes
from contracts.agreements.starts import Start, is_earlier
from contracts.engine.document.whole_terms.notice import NOTICE, days_in_words
from contracts.models import Contract, ContractEventType, TemplateTerms, TermsVersion
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


def notice_of(
    template_terms: TemplateTerms, now: datetime, *, partner_ids: Collection[int] | None = None
) -> Notice | None:
    """The notice that decides when a new version of these terms may apply: the longest of the versions in force, of
    these partners or of all. None where nobody has any.
    """
    contracts = Contract.objects.active(now).filter(terms_version__template_terms=template_terms)
    if partner_ids is not None:
        contracts = contracts.filter(AnyOf(F("partner_id"), partner_ids))
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
    notice is over: by moving a contract of these terms, or by taking the time of one of other terms.
    """
    affected = {row.partner_id for row in rows if is_earlier(row, version)}
    own = notice_of(template_terms, start.now, partner_ids=affected) if affected else None
    taken = {(row.partner_id, row.event_type_id) for row, _ in changes.cut.values()}
    others = _notice_of_others(template_terms, taken, start.now) if taken else None
    notice = max(filter(None, (own, others)), key=lambda each: each.days, default=None)
    if notice is None:
        return
    begins = timezone.localdate(start.moment, template_terms.program.zone)
    if begins < notice.first_day:
        agreed = " If they agree to an earlier day, end their contract on that day first." if notice.terms else ""
        first = day(notice.first_day)
        raise Refused(Refusal("Start", f"{notice.words}: the first possible day is {first}.{agreed}", "notice"))


def _notice_of_others(template_terms: TemplateTerms, taken: set[tuple[int, int]], now: datetime) -> Notice | None:
    """The longest notice by which other terms pay these partners now for these event types: (partner, event type)."""
    held = ContractEventType.objects.filter(
        AnyOf(F("partner_id"), {partner for partner, _ in taken}), period__contains=now
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
    today = timezone.localdate(now, template_terms.program.zone)
    return Notice(days, number, len(partners[longest]), today + timedelta(days=days), name)
