"""Customer tags and exception lists that have another name now. A published document stays as it is and goes on meaning
them, because their earlier names stay theirs; a draft, and with it every file that is written, asks for them by their
present name.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import Any

from django.db.models import F, Q

from common.formats.comparison import compared
from contracts.drafts.documents import LISTS
from contracts.drafts.revisions import touch
from contracts.engine.document.terms import RANKED, Terms
from contracts.engine.rules.fields import VARIABLES
from contracts.engine.rules.rule import Rule
from contracts.models import TemplateTerms
from program.models import ExceptionListName, Program
from program.models.customer import CustomerTagName
from program.uses import Named

TAG = "CUSTOMER_TAG"
# In how many ways a condition is looked for, whose tags and lists had other names.
MOST_WAYS = 50
_NAMED: Mapping[str, Named] = {
    TAG: Named.CUSTOMER_TAG,
    **{key: Named.EXCEPTION_LIST for key, variable in VARIABLES.items() if variable.type == "list"},
}
_OWNER = {Named.CUSTOMER_TAG: "tag", Named.EXCEPTION_LIST: "exception_list"}
type Raw = Mapping[str, Any]
type Present = Mapping[Named, Mapping[str, str]]  # the present name by every earlier one, as names are compared


def follow_names(program: Program, named: Named, names: Collection[str], present: str) -> None:
    """Have rules of drafts ask for something by its present name; that is a change of each draft."""
    variables = [key for key, each in _NAMED.items() if each == named]
    if not variables:
        return
    known = {named: dict.fromkeys(map(compared, names), present)}
    asking = Q()
    for variable in variables:
        asking |= Q(rules__contains=[{"Variable": variable}])
    kinds: Iterable[Any] = LISTS.values()
    for kind in kinds:
        rows = kind._default_manager.filter(asking, program=program)
        changed = []
        for row in rows.select_related("event_payout").order_by("pk"):
            rules = _renamed(row.rules, known)
            if rules != row.rules:
                row.rules = rules
                changed.append(row)
        for terms in sorted({row.event_payout.template_terms_id for row in changed}):
            touch(terms)
            # A draft that said what is published says it still.
            as_published = TemplateTerms.objects.filter(pk=terms, draft_revision=F("published_revision") + 1)
            as_published.update(published_revision=F("draft_revision"))
        kind._default_manager.bulk_update(changed, ["rules"], batch_size=1_000)


def with_present_names(program_id: int, rules: Sequence[Raw]) -> Sequence[Raw]:
    """Rules of a document with each tag and list by its present name. Asks nothing where no rule is about them."""
    known = _earlier_names(program_id, (rule["Variable"] for rule in rules))
    return _renamed(rules, known) if known else rules


def ways_published(program_id: int, conditions: Iterable[Sequence[Raw]]) -> list[list[Sequence[Raw]]]:
    """For each condition of a draft, how published terms may say it: as it is, and with the names that its tags and
    lists had before. Asks nothing where no rule is about them.
    """
    conditions = list(conditions)
    asked = {_NAMED[rule["Variable"]] for rules in conditions for rule in rules if rule["Variable"] in _NAMED}
    earlier: dict[Named, dict[str, list[str]]] = {named: {} for named in asked}
    for named in asked:
        for name, present in _renamings(program_id, named).values_list("name", f"{_OWNER[named]}__name_key"):
            earlier[named].setdefault(present, []).append(name)
    return [_ways(rules, earlier) for rules in conditions]


def _ways(rules: Sequence[Raw], earlier: Mapping[Named, Mapping[str, Sequence[str]]]) -> list[Sequence[Raw]]:
    of_rules = []
    for rule in rules:
        named = _NAMED.get(rule["Variable"])
        known = earlier[named] if named else {}
        if not known:
            of_rules.append([rule])
            continue
        names = [(value, *known.get(compared(value), ())) for value in rule.get("Values") or []]
        of_rules.append([{**rule, "Values": list(values)} for values in islice(product(*names), MOST_WAYS)])
    return [list(way) for way in islice(product(*of_rules), MOST_WAYS)]


def terms_with_present_names(program_id: int, terms: Terms) -> Terms:
    """The same for whole terms."""
    payouts = []
    for payout in terms.event_payouts:
        lists: dict[str, Any] = {name: rows_with_present_names(program_id, getattr(payout, name)) for name in RANKED}
        payouts.append(replace(payout, **lists))
    return replace(terms, event_payouts=tuple(payouts))


def rows_with_present_names(program_id: int, rows: Sequence[Any]) -> tuple[Any, ...]:
    """The same for rows of a ranked section, as the engine reads them."""
    known = _earlier_names(program_id, (rule.variable for row in rows for rule in row.rules))
    return tuple(replace(row, rules=tuple(_read(row.rules, known))) for row in rows) if known else tuple(rows)


def _earlier_names(program_id: int, variables: Iterable[str]) -> Present:
    """The present name of each tag and list by every name that it had before, of what the variables ask for."""
    asked = {_NAMED[variable] for variable in variables if variable in _NAMED}
    known: dict[Named, dict[str, str]] = {}
    for named in asked:
        owner = _OWNER[named]
        known[named] = dict(_renamings(program_id, named).values_list("name_key", f"{owner}__name"))
    return known


def _renamings(program_id: int, named: Named) -> Any:
    """The names that tags, or lists, had before."""
    names: Any = CustomerTagName if named == Named.CUSTOMER_TAG else ExceptionListName
    return names.objects.filter(program=program_id).exclude(name_key=F(f"{_OWNER[named]}__name_key"))


def _of(variable: str, known: Present) -> Mapping[str, str] | None:
    """The present names of what the variable asks for; None where they are not wanted."""
    named = _NAMED.get(variable)
    return known.get(named) if named else None


def _renamed(rules: Sequence[Raw], known: Present) -> list[Raw]:
    renamed = []
    for rule in rules:
        names = _of(rule["Variable"], known)
        renamed.append(rule if names is None else {**rule, "Values": _values(rule.get("Values") or [], names)})
    return renamed


def _read(rules: Iterable[Rule], known: Present) -> Iterable[Rule]:
    for rule in rules:
        names = _of(rule.variable, known)
        yield rule if names is None else replace(rule, values=tuple(_values(rule.values, names)))


def _values(values: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """One value each: two names of one tag are one."""
    found = [known.get(compared(value), value) for value in values]
    return list({compared(value): value for value in reversed(found)}.values())[::-1]
