"""Setting account rules, all at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Account
from common.db.edits import Stale, fingerprint
from common.refusals import Refusals
from contracts.engine.document.amounts import plain
from contracts.models import AccountRule

from .attainable import unattainable
from .settings import SETTINGS


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a setting is to be locked to; nothing of it frees the setting."""

    least: Decimal | None = None
    most: Decimal | None = None
    choice: str = ""

    @property
    def is_free(self) -> bool:
        return self.least is None and self.most is None and not self.choice


def rule_values(account: Account) -> dict[str, str]:
    """What the form of the rules holds, by the names of its fields."""
    values: dict[str, str] = {}
    for rule in AccountRule.objects.filter(account=account):
        ends = {"least": rule.least, "most": rule.most}
        values |= {f"{rule.setting}_{end}": plain(number) for end, number in ends.items() if number is not None}
        if rule.choice:
            values[f"{rule.setting}_choice"] = rule.choice
    return values


@transaction.atomic
def set_account_rules(
    *, account: Account, wanted: Mapping[str, Wanted], user: Any = None, seen: str | None = None
) -> int:
    """Lock the settings that are named, by their keys, and free the others. Returns how many rules were changed.

    A rule that stays as it is keeps who set it and when. Raises Refused as `changed_rules`, and Stale unless `seen` is
    the fingerprint of the `rule_values`.
    """
    list(Account.objects.filter(pk=account.pk).select_for_update(no_key=True).values_list("pk"))
    if seen is not None and seen != fingerprint(rule_values(account)):
        raise Stale
    _refuse_bad(account, wanted)
    present = {rule.setting: rule for rule in AccountRule.objects.filter(account=account)}
    changed = 0
    for key in SETTINGS:
        new, rule = wanted.get(key, Wanted()), present.get(key)
        if rule and _said(rule) == new:
            continue
        if not new.is_free:
            said = {"least": new.least, "most": new.most, "choice": new.choice}
            AccountRule.objects.update_or_create(
                account=account, setting=key, defaults={**said, "set_by": user, "set_at": timezone.now()}
            )
        elif rule:
            rule.delete()
        else:
            continue
        changed += 1
    return changed


def changed_rules(*, account: Account, wanted: Mapping[str, Wanted]) -> dict[str, AccountRule]:
    """The rules that would be new or other than they are, not stored. Raises Refused for what no setting can be, and
    for rules that no terms can keep to.
    """
    _refuse_bad(account, wanted)
    present = {rule.setting: _said(rule) for rule in AccountRule.objects.filter(account=account)}
    return {key: rule for key, rule in _rules(wanted).items() if present.get(key) != wanted[key]}


def _said(rule: AccountRule) -> Wanted:
    return Wanted(rule.least, rule.most, rule.choice)


def _rules(wanted: Mapping[str, Wanted]) -> dict[str, AccountRule]:
    """The rules that are wanted, not stored."""
    return {
        key: AccountRule(setting=key, least=each.least, most=each.most, choice=each.choice)
        for key, each in wanted.items()
        if not each.is_free
    }


def _refuse_bad(account: Account, wanted: Mapping[str, Wanted]) -> None:
    errors = Refusals()
    for key, rule in wanted.items():
        setting = SETTINGS[key]
        if setting.choices and rule.choice and rule.choice not in setting.choices:
            errors.add(f"{key}_choice", "Choose one of the list.")
        for end, number in (("least", rule.least), ("most", rule.most)):
            if number is not None and (number < 0 or (setting.unit == "%" and number > 100)):
                errors.add(
                    f"{key}_{end}", "Enter a number from 0 to 100." if setting.unit == "%" else "Enter 0 or more."
                )
        if rule.least is not None and rule.most is not None and rule.least > rule.most:
            errors.add(f"{key}_most", "The range runs backwards: swap its ends.")
    errors.raise_any()
    unattainable(account, _rules(wanted)).raise_any()
