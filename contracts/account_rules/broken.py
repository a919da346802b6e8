"""Which drafts and terms in force break account rules: told before a rule is set, and as long as it stands."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection
from django.urls import reverse

from accounts.models import Account
from common.currencies import CURRENCY_DIGITS
from contracts.drafts.documents import as_drafted
from contracts.engine.document.load import load
from contracts.engine.document.terms import OF_TERMS, SINGLE
from contracts.models import AccountRule, EventPayout, TemplateTerms
from contracts.sections.registry import FORMS

from .checks import breaches

# Of thousands of payout groups nothing is read: rules are on the sections beside them.
_IN_FORCE = """
    SELECT version.id, version.number, version.template_terms_id, version.program_id,
        jsonb_set(version.document, '{EventPayouts}', (
            SELECT coalesce(jsonb_agg(payout - 'PayoutGroups' - 'PayoutAdjustments' - 'PayoutRestrictions'), '[]')
            FROM jsonb_array_elements(version.document -> 'EventPayouts') AS payout))::text
    FROM contracts_termsversion AS version
    WHERE version.id IN (
        SELECT contract.terms_version_id FROM contracts_contract AS contract
        JOIN program_program AS program ON program.id = contract.program_id
        WHERE program.account_id = %s AND NOT isempty(contract.period)
            AND (upper_inf(contract.period) OR upper(contract.period) > now()))
"""


class Problem(NamedTuple):
    """What is broken, in words, with the page that shows it."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A draft, or a version in force by its number, with what it breaks."""

    template_terms: TemplateTerms
    problems: tuple[Problem, ...]
    version_id: int | None = None
    number: int | None = None


def broken_terms(account: Account, rules: Mapping[str, AccountRule]) -> list[Broken]:
    """What breaks these rules in all programs of the account, by program and name; in as many queries for any number
    of terms.
    """
    if not rules:
        return []
    terms = TemplateTerms.objects.filter(program__account=account).select_related("program")
    known = {each.pk: each for each in terms.order_by("program__name", "program", "name")}
    found: list[Broken] = []
    payouts = _payouts_of(account)
    for each in known.values():
        if problems := tuple(_of_draft(each, payouts.get(each.pk, []), rules)):
            found.append(Broken(each, problems))
    for version_id, number, terms_pk, program_pk, document in _in_force(account):
        url = reverse("contracts:version_detail", args=[program_pk, version_id])
        if problems := tuple(_of_version(document, url, rules)):
            found.append(Broken(known[terms_pk], problems, version_id, number))
    place = {pk: index for index, pk in enumerate(known)}
    return sorted(found, key=lambda each: (place[each.template_terms.pk], each.number or 0))


def _payouts_of(account: Account) -> dict[int, list[EventPayout]]:
    payouts: dict[int, list[EventPayout]] = {}
    rows = EventPayout.objects.filter(template_terms__program__account=account).select_related("event_type")
    for row in rows.order_by("id"):
        payouts.setdefault(row.template_terms_id, []).append(row)
    return payouts


def _of_draft(terms: TemplateTerms, payouts: list[EventPayout], rules: Mapping[str, AccountRule]) -> Iterator[Problem]:
    page = reverse("contracts:terms_edit", args=[terms.program_id, terms.pk])
    for payout in payouts:
        for name in SINGLE:
            for breach in breaches(rules, name, FORMS[name].agreed(payout)):
                words = f"{payout.event_type.name}, {breach.words}" if len(payouts) > 1 else breach.words
                yield Problem(words, f"{page}?event={payout.pk}#{FORMS[name].slug}")
    for name in OF_TERMS:
        for breach in breaches(rules, name, FORMS[name].agreed(terms)):
            yield Problem(breach.words, f"{page}#{FORMS[name].slug}")


def _in_force(account: Account) -> list[tuple[int, int, int, int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE, [account.pk])
        return list(cursor.fetchall())


def _of_version(document: str, url: str, rules: Mapping[str, AccountRule]) -> Iterator[Problem]:
    terms = as_drafted(load(json.loads(document), digits=CURRENCY_DIGITS, is_strict=False))
    for payout in terms.event_payouts:
        for name in SINGLE:
            for breach in breaches(rules, name, getattr(payout, name)):
                several = len(terms.event_payouts) > 1
                yield Problem(f"{payout.event_type_code}, {breach.words}" if several else breach.words, url)
    for name in OF_TERMS:
        for breach in breaches(rules, name, getattr(terms, name)):
            yield Problem(breach.words, url)
