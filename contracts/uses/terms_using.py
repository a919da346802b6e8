"""Which terms ask for a customer status, a tag, an exception list or the catalog, and what a code means: registered
with `program.uses`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from contracts.drafts.documents import LISTS, Row
from contracts.engine.document.terms import RANKED
from contracts.engine.orders.context import Context
from contracts.engine.rules.fields import VARIABLES
from contracts.engine.rules.predicates import names as named_by
from contracts.engine.rules.rule import Rule
from contracts.models import Contract, TermsVersion
from program.models import EventType, Program
from program.uses import Named, TermsUse

_VARIABLES = {
    Named.CUSTOMER_STATUS: ("CUSTOMER_STATUS",),
    Named.CUSTOMER_TAG: ("CUSTOMER_TAG",),
    Named.EXCEPTION_LIST: tuple(key for key, variable in VARIABLES.items() if variable.type == "list"),
    Named.CATALOG: tuple(key for key, variable in VARIABLES.items() if variable.family == "catalog"),
}
_Raw = Mapping[str, Any]


def statuses_of(statuses: Mapping[str, Iterable[str]], codes: Iterable[str]) -> dict[str, str]:
    """The customer status of each code as the engine finds it, by these codes by status; empty where none has it."""
    mapping = {status: tuple(listed) for status, listed in statuses.items()}
    context = Context(currency="", default_currency="", digits={}, statuses=mapping)
    return {code: context.category(code) or "" for code in codes}


class Asking(NamedTuple):
    """A row of a version or, without one, of a draft, with the names that its rules ask for, as they are compared."""

    version: int | None
    terms: int
    terms_name: str
    event_type_code: str
    words: str
    names: frozenset[str]


def terms_using(
    program: Program,
    named: Named,
    names: Collection[str],
    event_type: EventType | None,
    since: datetime | None = None,
) -> list[TermsUse]:
    """The terms of the program whose published or drafted rules ask for one of the names, in any letter case.

    Published means versions of present or later contracts. A draft is named where it differs from each of its own:
    other rows ask. Without names every rule of that kind counts; with an event type only what is paid for it; with
    `since` also versions of contracts that ended after it.
    """
    wanted = _compared(names)
    return _folded(
        each
        for each in _asking(program, named, since)
        if (event_type is None or event_type.code == each.event_type_code)
        and (not wanted or not wanted.isdisjoint(each.names))
    )


def terms_using_each(
    program: Program, named: Named, asked: Mapping[int, Collection[str]]
) -> Mapping[int, list[TermsUse]]:
    """The same for each of many, by key, of which each has names of its own; in as many queries as for one."""
    keys = {name: key for key, names in asked.items() for name in _compared(names)}
    found: dict[int, list[Asking]] = {key: [] for key in asked}
    for each in _asking(program, named):
        for key in {keys[name] for name in each.names if name in keys}:
            found[key].append(each)
    return {key: _folded(asking) for key, asking in found.items()}


def _folded(asking: Iterable[Asking]) -> list[TermsUse]:
    """Rows by terms; those of a draft only where they are not a version's."""
    sources: dict[tuple[int | None, int, str], dict[str, None]] = {}
    for each in asking:
        sources.setdefault((each.version, each.terms, each.terms_name), {})[each.words] = None
    in_force = [(terms, rows) for (version, terms, _), rows in sources.items() if version is not None]
    found: dict[tuple[bool, int, str], dict[str, None]] = {}
    for (version, terms, name), rows in sources.items():
        if version is not None or (terms, rows) not in in_force:
            found.setdefault((version is not None, terms, name), {}).update(rows)
    order = sorted(found, key=lambda key: (not key[0], key[2]))
    return [TermsUse(pk, name, is_in_force, tuple(found[is_in_force, pk, name])) for is_in_force, pk, name in order]


def _asking(program: Program, named: Named, since: datetime | None = None) -> Iterator[Asking]:
    """Every row with a rule of that kind: of versions first, then of drafts."""
    for version in versions_in_force(program, _VARIABLES[named], since):
        for code, words, rules in _rows_of(version.document):
            if any(rule["Variable"] in _VARIABLES[named] for rule in rules):
                terms = version.template_terms
                yield Asking(version.pk, terms.pk, terms.name, code, words, _names(rules, named))
    for section, kind in LISTS.items():
        for row in drafted_rows(program, kind, _VARIABLES[named]):
            terms = row.event_payout.template_terms
            words = f"{RANKED[section].noun} {getattr(row, 'name', '') or row.rank}"
            code = row.event_payout.event_type.code
            yield Asking(None, terms.pk, terms.name, code, words, _names(row.rules, named))


def drafted_rows(program: Program, kind: type[Row], variables: Sequence[str]) -> QuerySet[Any]:
    """The rows of drafts that have a rule on one of the variables, in the order of their lists."""
    asking = reduce(or_, (Q(rules__contains=[{"Variable": variable}]) for variable in variables))
    rows = kind._default_manager.filter(asking, program=program).order_by("event_payout", "rank")
    return rows.select_related("event_payout__template_terms", "event_payout__event_type")


def versions_in_force(
    program: Program, variables: Sequence[str], since: datetime | None = None
) -> Iterator[TermsVersion]:
    """The versions of present and later contracts that have a rule on one of the variables; of those that ended after
    `since`, too.
    """
    lasting = Q(period__endswith__gt=since or timezone.now()) | Q(period__upper_inf=True)
    versions = Contract.objects.filter(lasting, program=program, period__isempty=False).values("terms_version")
    holds = [
        Q(document__contains={"EventPayouts": [{section.key: [{"Rules": [{"Variable": variable}]}]}]})
        for section in RANKED.values()
        for variable in variables
    ]
    found = TermsVersion.objects.filter(reduce(or_, holds), program=program, pk__in=versions)
    yield from found.select_related("template_terms").order_by("template_terms", "number")


def _rows_of(document: _Raw) -> Iterator[tuple[str, str, Sequence[_Raw]]]:
    for payout in document["EventPayouts"]:
        for section in RANKED.values():
            for number, row in enumerate(payout.get(section.key) or [], start=1):
                yield payout["EventTypeCode"], f"{section.noun} {row.get('Name') or number}", row.get("Rules") or []


def _names(rules: Sequence[_Raw], named: Named) -> frozenset[str]:
    return _compared(
        [name for rule in rules if rule["Variable"] in _VARIABLES[named] for name in rule.get("Values") or []]
    )


def _compared(names: Collection[str]) -> frozenset[str]:
    """Names as rules compare them."""
    return named_by(Rule("CUSTOMER_TAG", "BELONGS_TO", tuple(names)))
