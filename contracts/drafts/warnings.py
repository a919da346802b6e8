"""Warnings about terms that can still be saved and published: variables that no order has yet,
values that none can have, payouts of more than the sale, groups that never win (payouts.md §4, §5)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from common.currencies import CURRENCY_DIGITS, CURRENCY_NAMES
from common.formats.comparison import compared
from common.formats.nearest import did_you_mean, nearest
from contracts.drafts.documents import NAMES, value_of
from contracts.engine.document.amounts import HUNDRED
from contracts.engine.document.read_rules import RATES
from contracts.engine.document.sections.payout_groups import PayoutGroup, never_wins
from contracts.engine.document.terms import RANKED, SINGLE, EventPayout, Terms
from contracts.engine.explain.words import rule_in_words
from contracts.engine.orders.context import category_name
from contracts.engine.orders.countries import country_code
from contracts.engine.rules.fields import variable
from contracts.engine.rules.overlap import never_winning
from contracts.engine.rules.rule import Rule
from program.frame.unfilled import unfilled_variables
from program.models import EventType, Program
from program.models.customer import CustomerTagName
from program.partners.countries import COUNTRY_NAMES

# Numbers that an order can only have whole.
_WHOLE = ("ITEM_QUANTITY", "_COUNT", "_COUNT_PROGRAM", "PATH_STEPS")


@dataclass(frozen=True, slots=True)
class Known:
    """What rules of an event type may ask for: the present name of each customer tag by all that it has or
    had, the categories of customer status, and the category that each code is mapped to. All by the form in which they
    are compared."""

    event_type_code: str
    tags: Mapping[str, str]
    categories: Mapping[str, str]
    meanings: Mapping[str, str]


def known_values(program: Program, event_types: Iterable[EventType]) -> dict[str, Known]:
    """What rules may ask for, by the code of the event type."""
    names = CustomerTagName.objects.usable().filter(program=program).order_by("name")
    tags = dict(names.values_list("name_key", "tag__name"))
    return {each.code: _known(each, tags) for each in event_types}


def _known(event_type: EventType, tags: Mapping[str, str]) -> Known:
    mapping = event_type.statuses()
    categories = {compared(category): category for category in ("New", "Existing", *mapping)}
    meanings = {compared(code): category for category, codes in mapping.items() for code in codes}
    return Known(event_type.code, tags, categories, meanings)


def terms_warnings(program: Program, terms: Terms, event_types: Mapping[str, EventType]) -> Iterator[str]:
    """One sentence for each, beginning with its path in the document."""
    known = known_values(program, [event_types[payout.event_type_code] for payout in terms.event_payouts])
    for index, payout in enumerate(terms.event_payouts):
        for place, warning in _payout_warnings(payout, known[payout.event_type_code]):
            yield f"EventPayouts[{index}].{place}: {warning}"


def row_warnings(row: Any) -> list[str]:
    """The warnings about one row of a ranked section of a draft, but for its rank."""
    event_type = row.event_payout.event_type
    known = known_values(row.program, [event_type])[event_type.code]
    value = value_of(row)
    return [*_missing(value.rules), *(warning for _, warning in _row_warnings(NAMES[type(row)], value, known))]


def group_warnings(event_type: EventType, groups: Sequence[PayoutGroup]) -> list[tuple[int, str]]:
    """(place from 0, sentence) for payout groups in rank order."""
    known = known_values(event_type.program, [event_type])[event_type.code]
    found = []
    for place, group in enumerate(groups):
        found += [(place, warning) for warning in _missing(group.rules)]
        found += [(place, warning) for _, warning in _row_warnings("payout_groups", group, known)]
    found += [
        (later, never_wins(groups[earlier]))
        for later, earlier in never_winning(group.rules for group in groups).items()
    ]
    return sorted(found)


def rule_warnings(rules: Sequence[Rule], known: Known) -> Iterator[tuple[str, str]]:
    """(path, sentence) for each value that no order can have, with the nearest that one can. That no order has a
    variable in this installation is said where it is chosen and in the settings, and not of terms as a whole.
    """
    missing = unfilled_variables()
    for number, rule in enumerate(rules):
        if rule.variable in missing:
            continue
        for value in rule.values:
            if warning := _value_warning(rule, value, known):
                yield f"Rules[{number}].Values", warning


def _payout_warnings(payout: EventPayout, known: Known) -> Iterator[tuple[str, str]]:
    for name, single in SINGLE.items():
        yield from single.doubts(getattr(payout, name))
    for name, section in RANKED.items():
        for place, row in enumerate(getattr(payout, name)):
            for path, warning in _row_warnings(name, row, known):
                yield f"{section.key}[{place}].{path}", warning
    for name, section in RANKED.items():
        yield from section.doubts(getattr(payout, name))


def _row_warnings(section: str, row: Any, known: Known) -> Iterator[tuple[str, str]]:
    yield from rule_warnings(row.rules, known)
    yield from RANKED[section].row_doubts(row)


def _missing(rules: Sequence[Rule]) -> Iterator[str]:
    """A sentence for each rule on a variable that no order has in this installation."""
    missing = unfilled_variables()
    for rule in rules:
        if reason := missing.get(rule.variable):
            outcome = _outcome(rule.operator == "IS_NOT_PRESENT")
            yield f"{variable(rule.variable).label} is missing: {reason}, so “{rule_in_words(rule)}” {outcome}"


def _outcome(holds: bool) -> str:
    """A rule whose result no order can change."""
    return "always holds" if holds else "never holds"


def _value_warning(rule: Rule, value: str, known: Known) -> str:
    about = variable(rule.variable)
    if about.type in ("number", "money"):
        return _number_warning(rule, value)
    if about.type == "tags":
        is_known = about.key != "CUSTOMER_TAG" or compared(value) in known.tags
        return "" if is_known else f"“{value}” is not a customer tag{did_you_mean(value, known.tags.values())}"
    if rule.operator not in ("IS", "IS_NOT") or "*" in value:
        return ""
    match about.type:
        case "country" if country_code(value) is None:
            return f"“{value}” is not a known country{did_you_mean(value, COUNTRY_NAMES)}"
        case "currency" if compared(value).upper() not in CURRENCY_DIGITS:
            meant = nearest(value, (*CURRENCY_NAMES, *CURRENCY_DIGITS))
            code = CURRENCY_NAMES.get(meant, meant) if meant else None
            return f"“{value}” is not a currency code" + (f"; did you mean {code}?" if code else "")
        case "status":
            return _status_warning(value, known)
    return ""


def _number_warning(rule: Rule, value: str) -> str:
    number = Decimal(value.strip())
    if rule.operator in ("EQ", "NE") and rule.variable.endswith(_WHOLE) and number != number.to_integral_value():
        label = variable(rule.variable).label
        return f"“{rule_in_words(rule)}” {_outcome(rule.operator == 'NE')}: {label} is whole"
    if rule.variable in RATES and number > HUNDRED:
        return f"{value}% is more than a discount rate can be"
    return ""


def _status_warning(value: str, known: Known) -> str:
    """A value that no mapping leads to. An unmapped code is compared as its own text, so it is not an error."""
    form, meant = compared(value), compared(category_name(value))
    category = known.meanings.get(form)
    if meant in known.categories:
        if form == meant or category is None or compared(category) == meant:
            return ""
        return f"“{value}” means Existing in a rule, but as a code it is mapped to {category}: write one of the two"
    if category:
        return f"“{value}” is a code of {category}, but a rule compares categories: write {category}"
    return (
        f"no customer status of {known.event_type_code} maps to “{value}”: "
        f"it is compared with the code as it was sent{did_you_mean(value, known.categories.values())}"
    )
