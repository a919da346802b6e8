"""What account rules say, and which of them a setting breaks."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Prefetch, prefetch_related_objects

from common.refusals import Refusal
from contracts.engine.document.amounts import plain
from contracts.engine.document.terms import OF_TERMS, SINGLE, Terms
from contracts.models import AccountRule
from program.models import Program
from program.templatetags.brandboard import day

from .settings import SETTINGS, Setting


class Breach(NamedTuple):
    """A setting that a value breaks the rule on, with what is allowed and what the value says instead."""

    setting: Setting
    message: str

    @property
    def words(self) -> str:
        return f"{self.setting.label}: {self.message}"


def rules_of(program: Program) -> dict[str, AccountRule]:
    """The rules of the program's account by their setting, as they are now."""
    rules = AccountRule.objects.filter(account=program.account_id).select_related("set_by")
    return {rule.setting: rule for rule in rules if rule.setting in SETTINGS}


def broken_by(program: Program, values: Mapping[str, Any]) -> list[Refusal]:
    """What these values, by the names of their sections, break; each at its path in the event payout or the terms.

    A section that is switched off has the value that it has where it is absent.
    """
    rules = rules_of(program)
    return [_refusal(each) for name, value in values.items() for each in breaches(rules, name, value)]


def broken_by_terms(program: Program, terms: Terms) -> list[Refusal]:
    """What whole terms break, each at its path in the document."""
    rules = rules_of(program)
    errors = [_refusal(each) for name in OF_TERMS for each in breaches(rules, name, getattr(terms, name))]
    for index, payout in enumerate(terms.event_payouts):
        for name in SINGLE:
            found = breaches(rules, name, getattr(payout, name))
            errors += [_refusal(each, f"EventPayouts[{index}].") for each in found]
    return errors


def locks_on(program: Program, sections: Sequence[str]) -> list[tuple[Setting, AccountRule]]:
    """The rules on these sections, in the order of the settings; read once for this object of the program."""
    prefetch_related_objects([program], Prefetch("account__term_rules", AccountRule.objects.select_related("set_by")))
    rules = {rule.setting: rule for rule in program.account.term_rules.all()}
    return [(each, rules[key]) for key, each in SETTINGS.items() if each.section in sections and key in rules]


def fixed_value(setting: Setting, rule: AccountRule) -> str | None:
    """The one value that a rule leaves, as its form has it; None where it leaves several."""
    if setting.choices:
        return rule.choice
    return plain(rule.least) if rule.least is not None and rule.least == rule.most else None


def allowed(setting: Setting, rule: AccountRule) -> str:
    """What a rule allows: `15 days`, `from 5% to 10%`, `at most 30 days`, `last referrer`."""
    if setting.choices:
        return setting.choices.get(rule.choice, rule.choice)
    if rule.least is not None and rule.least == rule.most:
        return _with_unit(rule.least, setting)
    if rule.least is None or rule.most is None:
        end = rule.least if rule.most is None else rule.most
        return f"{'at least' if rule.most is None else 'at most'} {_with_unit(end or Decimal(0), setting)}"
    return f"from {_with_unit(rule.least, setting)} to {_with_unit(rule.most, setting)}"


def lock_in_words(setting: Setting, rule: AccountRule) -> str:
    """The lock as a form shows it, with who set it."""
    who = f", set by {rule.set_by.get_full_name() or rule.set_by.get_username()}" if rule.set_by else ""
    return f"{setting.label}: {allowed(setting, rule)} by an account rule{who} on {day(rule.set_at)}."


def breaches(rules: Mapping[str, AccountRule], section: str, value: Any) -> Iterator[Breach]:
    """What a section of this value breaks of these rules, by setting."""
    for setting in SETTINGS.values():
        rule = rules.get(setting.key)
        if rule is None or setting.section != section:
            continue
        found = setting.value(value)
        if (found is None and not setting.open) or (found is not None and _is_allowed(setting, rule, found)):
            continue
        instead = f"; {setting.open}" if found is None else f", not {_shown(setting, found)}"
        yield Breach(setting, f"an account rule allows {allowed(setting, rule)}{instead}")


def _refusal(breach: Breach, path: str = "") -> Refusal:
    return Refusal(path + breach.setting.path, breach.message, "account_rule")


def _is_allowed(setting: Setting, rule: AccountRule, value: Decimal | str) -> bool:
    if setting.choices or isinstance(value, str):
        return value == rule.choice
    return (rule.least is None or rule.least <= value) and (rule.most is None or value <= rule.most)


def _shown(setting: Setting, value: Decimal | str) -> str:
    if isinstance(value, str):
        return (setting.choices or {}).get(value, value)
    return _with_unit(value, setting)


def _with_unit(number: Decimal, setting: Setting) -> str:
    if setting.unit == "%":
        return f"{plain(number)}%"
    unit = setting.unit.removesuffix("s") if number == 1 else setting.unit
    return f"{plain(number)} {unit}"
