"""Warnings about terms that can still be saved and published: variables that no order has yet,
values that none can have, payouts of more than the sale, groups that never win (payouts.md §4, §5)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from common.currencies import CURRENCY_DIGITS, CURRENCY_NAMES
from common.formats.comparison import compared
from common.formats.nearest import did_you_mean, nearest
from contracts.drafts.documents import plain
from contracts.engine.document.read_rules import RATES
from contracts.engine.document.terms import EventPayout, PayoutGroup, Rule, Terms
from contracts.engine.explain.words import rule_in_words
from contracts.engine.orders.context import category_name
from contracts.engine.orders.countries import country_code
from contracts.engine.rules.fields import variable
from contracts.engine.rules.overlap import never_winning
from contracts.models import EventPayout as EventPayoutRow
from contracts.models import PayoutAdjustment
from contracts.models import PayoutGroup as GroupRow
from program.models import CustomerTag, EventType, Program
from program.partners.countries import COUNTRY_NAMES

HUNDRED = Decimal(100)
# Numbers that an order can only have whole.
_WHOLE = ("ITEM_QUANTITY", "_COUNT", "_COUNT_PROGRAM", "PATH_STEPS")
_PARTS = (
    ("PayoutGroups", "payout_groups"),
    ("PayoutAdjustments", "payout_adjustments"),
    ("PayoutRestrictions", "payout_restrictions"),
)

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """What rules of an event type may ask for: the program's customer tags, the categories of customer status, and
    the category that each code is mapped to. All by the form in which they are compared."""

    event_type_code: str
    tags: Mapping[str, str]
    categories: Mapping[str, str]
    meanings: Mapping[str, str]


def known_values(program: Program, event_types: Iterable[EventType]) -> dict[str, Known]:
    """What rules may ask for, by the code of the event type."""
    tags = dict(CustomerTag.objects.filter(program=program).order_by("name").values_list("name_key", "name"))
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
        path = f"EventPayouts[{index}]"
        if warning := rate_warning(payout.default_payout_rate):
            yield f"{path}.DefaultPayoutRate: {warning}"
        for place, warning in _payout_warnings(payout, known[payout.event_type_code]):
            yield f"{path}.{place}: {warning}"


def row_warnings(row: Any) -> list[str]:
    """The warnings about one payout group, adjustment or restriction of a draft, but for its rank."""
    event_type = row.event_payout.event_type
    known = known_values(row.program, [event_type])[event_type.code]
    found = [warning for _, warning in rule_warnings(rules_of(row.rules), known)]
    if isinstance(row, GroupRow):
        found.append(rate_warning(row.payout_rate))
    elif isinstance(row, PayoutAdjustment):
        found.append(_cut_warning(row.direction, row.rate))
    return list(filter(None, found))


def group_warnings(event_type: EventType, groups: Sequence[Raw]) -> list[tuple[int, str]]:
    """(place from 0, sentence) for payout groups as documents write them, in rank order."""
    known = known_values(event_type.program, [event_type])[event_type.code]
    read = [rules_of(group["Rules"]) for group in groups]
    found = []
    for place, (group, rules) in enumerate(zip(groups, read, strict=True)):
        found += [(place, warning) for _, warning in rule_warnings(rules, known)]
        rate = group.get("PayoutRate")
        if warning := rate_warning(None if rate is None else Decimal(rate)):
            found.append((place, warning))
    names = [(int(group["Rank"]), group.get("Name") or "") for group in groups]
    found += [
        (later, never_wins(*names[earlier], is_all=not read[earlier])) for later, earlier in never_winning(read).items()
    ]
    return sorted(found)


def row_marks(*, event_payout: EventPayoutRow, groups: Sequence[GroupRow]) -> dict[int, list[str]]:
    """The warnings on rows of these groups of the draft: payouts of more than the sale, and groups that never win.

    Groups that are switched off take nothing from others, and get no warnings.
    """
    marks: dict[int, list[str]] = defaultdict(list)
    shown = [row for row in groups if row.is_active]
    last = max((row.rank for row in shown), default=0)
    rows = event_payout.payout_groups.filter(is_active=True, rank__lte=last).order_by("rank", "id")
    present = list(rows.values_list("pk", "rank", "name", "rules"))
    found = never_winning(rules_of(rules) for _, _, _, rules in present)
    places = {pk: place for place, (pk, *_) in enumerate(present)}
    for row in shown:
        if warning := rate_warning(row.payout_rate):
            marks[row.pk].append(warning)
        if (earlier := found.get(places.get(row.pk, -1))) is not None:
            _, rank, name, rules = present[earlier]
            marks[row.pk].append(never_wins(rank, name, is_all=not rules))
    return dict(marks)


def rules_of(raw: Iterable[Raw]) -> tuple[Rule, ...]:
    """Rules of a draft, which were checked when they were saved."""
    return tuple(Rule(rule["Variable"], rule["Operator"], tuple(rule.get("Values") or ())) for rule in raw)


def rate_warning(rate: Decimal | None) -> str:
    """The warning about a payout rate in percent of the sale amount; none up to 100 %."""
    return f"{plain(rate)}% is more than the whole sale amount" if rate is not None and rate > HUNDRED else ""


def never_wins(rank: int, name: str, *, is_all: bool) -> str:
    """The warning about a group that never wins, beside the earlier one that takes its orders."""
    title = name or f"group {rank}"
    return f"can never win: {title}, above, takes {'every order' if is_all else 'all of its orders'}"


def rule_warnings(rules: Sequence[Rule], known: Known) -> Iterator[tuple[str, str]]:
    """(path, sentence) for a variable that no order has yet, and else for each value that no order can have, with the
    nearest that one can."""
    for number, rule in enumerate(rules):
        if not variable(rule.variable).is_received:
            yield f"Rules[{number}].Variable", _not_received(rule)
            continue
        for value in rule.values:
            if warning := _value_warning(rule, value, known):
                yield f"Rules[{number}].Values", warning


def _payout_warnings(payout: EventPayout, known: Known) -> Iterator[tuple[str, str]]:
    for section, attribute in _PARTS:
        for place, row in enumerate(getattr(payout, attribute)):
            for path, warning in rule_warnings(row.rules, known):
                yield f"{section}[{place}].{path}", warning
            if isinstance(row, PayoutGroup) and (warning := rate_warning(row.payout_rate)):
                yield f"{section}[{place}].PayoutRate", warning
            elif section == "PayoutAdjustments" and (warning := _cut_warning(row.direction, row.rate)):
                yield f"{section}[{place}].Rate", warning
    groups = payout.payout_groups
    for later, earlier in never_winning(group.rules for group in groups).items():
        before = groups[earlier]
        yield f"PayoutGroups[{later}]", never_wins(before.rank, before.name, is_all=not before.rules)


def _cut_warning(direction: str, rate: Decimal | None) -> str:
    is_too_much = direction == "DECREASE" and rate is not None and rate > HUNDRED
    return f"a cut of {plain(rate or HUNDRED)}% leaves nothing, as 100% does" if is_too_much else ""


def _not_received(rule: Rule) -> str:
    outcome = _outcome(rule.operator == "IS_NOT_PRESENT")
    return f"{variable(rule.variable).label} is not received yet, so “{rule_in_words(rule)}” {outcome}"


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
