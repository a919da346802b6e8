"""Whether terms can keep to account rules at all: a rule that nothing keeps to would stop everybody from saving."""

import math
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from decimal import Decimal
from itertools import product
from typing import Any

from accounts.models import Account
from common.refusals import Refusals
from contracts.engine.document.reading import Errors, Node
from contracts.engine.document.terms import SENTENCES
from contracts.engine.orders.money import written
from contracts.models import AccountRule
from contracts.sections.registry import FORMS
from program.models import EventType

from .checks import breaches
from .settings import SETTINGS, Setting

# What a section says besides the settings that are tried, where what is offered says too little.
_BESIDE: Mapping[str, Mapping[str, Any]] = {
    "default_payout": {"PayoutLevel": "ORDER", "DefaultPayoutRate": "10"},
    "valid_referrals": {"ValidReferrals": [{"Type": "CLICKS", "Window": 30, "WindowUnit": "DAY"}]},
}
_AS_IT_IS = object()
_HOURS = 24


def unattainable(account: Account, rules: Mapping[str, AccountRule]) -> Refusals:
    """What is wrong with rules that no terms can keep to, alone or together, by the field of the rule's form."""
    errors = Refusals(one_per_path=True)
    for section in dict.fromkeys(SETTINGS[key].section for key in rules):
        own = {key: rule for key, rule in rules.items() if SETTINGS[key].section == section}
        alone = {key: why for key, rule in own.items() if (why := _why_not(section, {key: rule}))}
        for key, why in alone.items():
            errors.add(field_of(own[key]), f"No terms can keep to this: {why}.")
        if not alone and (why := _why_not(section, own)):
            named = " and ".join(SETTINGS[key].label for key in own)
            errors.add(field_of(next(iter(own.values()))), f"No terms can keep to {named} together: {why}.")
    if level := rules.get("payout_level"):
        errors.extend(_other_levels(account, level))
    return errors


def field_of(rule: AccountRule) -> str:
    """The field of the form that an error of the rule stands beside."""
    end = "choice" if rule.choice else "most" if rule.least is None else "least"
    return f"{rule.setting}_{end}"


def _other_levels(account: Account, rule: AccountRule) -> Refusals:
    """Event types that are only paid the other way: nobody could save terms for them."""
    levels = (EventType.PayoutLevels.BOTH, rule.choice)
    others = EventType.objects.filter(program__account=account, is_active=True).exclude(payout_levels__in=levels)
    names = list(others.order_by("name").values_list("name", flat=True)[:3])
    errors = Refusals()
    if names:
        errors.add(field_of(rule), f"{', '.join(names)} can only be paid the other way: change the event type first.")
    return errors


def _why_not(section: str, rules: Mapping[str, AccountRule]) -> str:
    """Why no value of the section, as its form takes them, keeps to the rules; empty where one does."""
    why = ""
    for raw in _tries(section, rules):
        errors, form = Errors(), FORMS[section]
        value = SENTENCES[section].read(Node(raw, "", errors), None)
        if errors:
            why = why or next(iter(errors)).message
            continue
        switched = {form.switch: "on"} if form.switch else {}
        sent = form.form({**form.initial(value), **switched})
        if not sent.is_valid():
            why = why or str(next(iter(sent.errors.values()))[0]).rstrip(".")
        elif not any(breaches(rules, section, form.value(sent.cleaned_data))):
            return ""
    return why or "what the form takes is not within it"


def _tries(section: str, rules: Mapping[str, AccountRule]) -> Iterator[dict[str, Any]]:
    """Documents of the section: every combination of the ends of its rules, and of choices that are free."""
    settings = [each for each in SETTINGS.values() if each.section == section]
    beside = _BESIDE.get(section) or SENTENCES[section].write(SENTENCES[section].offered)
    for values in product(*(_values(each, rules.get(each.key)) for each in settings)):
        raw = deepcopy(dict(beside))
        for setting, value in zip(settings, values, strict=True):
            if value is not _AS_IT_IS:
                _put(raw, setting, value)
        yield raw


def _values(setting: Setting, rule: AccountRule | None) -> Iterable[Any]:
    """What is tried of a setting; a window in hours, and none at all where that is free."""
    if setting.choices:
        return [rule.choice] if rule else list(setting.choices)
    if rule is None:
        return [_AS_IT_IS, 0] if not setting.row else [_AS_IT_IS]
    per = _HOURS if setting.row else 1
    ends = [end * per for end in (rule.least, rule.most) if end is not None]
    numbers = [each for end in ends for each in (end, Decimal(math.ceil(end)), Decimal(math.floor(end)), end + 1)]
    return [*dict.fromkeys(numbers), _AS_IT_IS, *([None] if setting.row else [])]


def _put(raw: dict[str, Any], setting: Setting, value: Any) -> None:
    written_value = value
    if isinstance(value, Decimal):
        written_value = int(value) if value == value.to_integral_value() else written(value)
    if setting.row:
        rows = [row for row in raw[setting.path] if row["Type"] != setting.row]
        own = [{"Type": setting.row, "Window": written_value, "WindowUnit": "HOUR"}] if value is not None else []
        raw[setting.path] = rows + own
        return
    *above, key = setting.path.split(".")
    for name in above:
        raw = raw[name]
    raw[key] = written_value
