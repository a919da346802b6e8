"""The exception lists that rules ask for: what each variable looks up, and which lists are worth a second look."""

from collections.abc import Iterable, Iterator, Mapping

from common.formats.comparison import compared
from contracts.engine.rules.fields import Variable, variable
from contracts.engine.rules.rule import Rule
from program.models import ExceptionList, ExceptionListName, Program

Kind = ExceptionList.Kind
_KINDS = {
    "LIST_ORDER_PROMO_CODE": Kind.PROMO_CODE,
    "LIST_ITEM_PROMO_CODE": Kind.PROMO_CODE,
    "LIST_ITEM_SKU": Kind.SKU,
    "LIST_ITEM_CATEGORY": Kind.CATEGORY,
    "LIST_ITEM_SUPER_CATEGORY": Kind.CATEGORY,
}
_LOOKED_UP = {Kind.PROMO_CODE: "promo codes", Kind.SKU: "SKUs", Kind.CATEGORY: "categories"}

type Lists = Mapping[str, ExceptionList]


def kind_of(about: Variable) -> Kind:
    """What a list holds that fits this variable."""
    return _KINDS[about.key]


def asked_lists(program: Program, rules: Iterable[Rule]) -> Lists:
    """The lists that these rules ask for, by the names that they ask by, as compared; earlier names count."""
    names = {compared(name) for rule in rules if rule.variable in _KINDS for name in rule.values}
    if not names:
        return {}
    found = ExceptionListName.objects.filter(program=program, name_key__in=names).select_related("exception_list")
    return {each.name_key: each.exception_list for each in found}


def list_doubts(rules: Iterable[Rule], lists: Lists) -> Iterator[str]:
    """A sentence for each list that holds something else than its rule looks up, or is closed."""
    said: dict[str, None] = {}
    for rule in rules:
        if rule.variable not in _KINDS:
            continue
        about = variable(rule.variable)
        for found in filter(None, (lists.get(compared(name)) for name in rule.values)):
            if found.kind != kind_of(about):
                holds, asked = _LOOKED_UP[Kind(found.kind)], _LOOKED_UP[kind_of(about)]
                said[f"“{found.name}” is a list of {holds}, and {about.label} looks up {asked}"] = None
            if found.closed_at:
                said[f"the list “{found.name}” is closed: its entries stay as they are"] = None
    yield from said
