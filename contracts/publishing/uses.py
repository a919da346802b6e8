"""Which terms ask for a customer status, a tag or an exception list, and what a code means: registered with
`program.uses`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.utils import timezone

from contracts.drafts.documents import LISTS
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
}
_Raw = Mapping[str, Any]


def statuses_of(statuses: Mapping[str, Iterable[str]], codes: Iterable[str]) -> dict[str, str]:
    """The customer status of each code as the engine finds it, by these codes by status; empty where none has it."""
    mapping = {status: tuple(listed) for status, listed in statuses.items()}
    context = Context(currency="", default_currency="", digits={}, statuses=mapping)
    return {code: context.category(code) or "" for code in codes}


def terms_using(program: Program, named: Named, names: Collection[str], event_type: EventType | None) -> list[TermsUse]:
    """The terms of the program whose published or drafted rules ask for one of the names, in any letter case.

    Published means versions of present or later contracts. A draft is named where it differs from each of its own:
    other rows ask. Without names every rule of that kind counts; with an event type only what is paid for it.
    """
    found: dict[tuple[bool, int, str], dict[str, None]] = {}
    in_force: list[tuple[int, dict[str, None]]] = []
    for version in _versions(program, _VARIABLES[named]):
        rows = _rows_of(version.document)
        asking = {words: None for code, words, rules in rows if _is_of(event_type, code) and _asks(rules, named, names)}
        if asking:
            key = (True, version.template_terms_id, version.template_terms.name)
            found.setdefault(key, {}).update(asking)
            in_force.append((version.template_terms_id, asking))
    drafts = _drafts(program, named, names, event_type)
    found |= {(False, pk, name): rows for (pk, name), rows in drafts.items() if (pk, rows) not in in_force}
    order = sorted(found, key=lambda key: (not key[0], key[2]))
    return [TermsUse(pk, name, is_in_force, tuple(found[is_in_force, pk, name])) for is_in_force, pk, name in order]


def _drafts(
    program: Program, named: Named, names: Collection[str], event_type: EventType | None
) -> dict[tuple[int, str], dict[str, None]]:
    """What drafts ask for: the rows by terms."""
    found: dict[tuple[int, str], dict[str, None]] = {}
    for section, kind in LISTS.items():
        rows = kind._default_manager.filter(_rules(_VARIABLES[named]), program=program).order_by("event_payout", "rank")
        for row in rows.select_related("event_payout__template_terms", "event_payout__event_type"):
            code = row.event_payout.event_type.code
            if _is_of(event_type, code) and _asks(row.rules, named, names):
                terms = row.event_payout.template_terms
                words = f"{RANKED[section].noun} {getattr(row, 'name', '') or row.rank}"
                found.setdefault((terms.pk, terms.name), {})[words] = None
    return found


def _versions(program: Program, variables: Sequence[str]) -> Iterator[TermsVersion]:
    now = timezone.now()
    lasting = Q(period__endswith__gt=now) | Q(period__upper_inf=True)
    versions = Contract.objects.filter(lasting, program=program, period__isempty=False).values("terms_version")
    holds = [
        Q(document__contains={"EventPayouts": [{section.key: [{"Rules": [{"Variable": variable}]}]}]})
        for section in RANKED.values()
        for variable in variables
    ]
    found = TermsVersion.objects.filter(reduce(or_, holds), program=program, pk__in=versions)
    yield from found.select_related("template_terms").order_by("template_terms", "number")


def _rules(variables: Sequence[str]) -> Q:
    return reduce(or_, (Q(rules__contains=[{"Variable": variable}]) for variable in variables))


def _rows_of(document: _Raw) -> Iterator[tuple[str, str, Sequence[_Raw]]]:
    for payout in document["EventPayouts"]:
        for section in RANKED.values():
            for number, row in enumerate(payout.get(section.key) or [], start=1):
                yield payout["EventTypeCode"], f"{section.noun} {row.get('Name') or number}", row.get("Rules") or []


def _is_of(event_type: EventType | None, code: str) -> bool:
    return event_type is None or event_type.code == code


def _asks(rules: Sequence[_Raw], named: Named, names: Collection[str]) -> bool:
    wanted = _compared(names)
    return any(
        rule["Variable"] in _VARIABLES[named]
        and (not wanted or not wanted.isdisjoint(_compared(rule.get("Values") or [])))
        for rule in rules
    )


def _compared(names: Collection[str]) -> frozenset[str]:
    """Names as rules compare them."""
    return named_by(Rule("CUSTOMER_TAG", "BELONGS_TO", tuple(names)))
