"""The settings of terms that account rules can lock: where each stands in a section, and what kind of value it has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracts.engine.document.sections.credit_policy import POLICIES
from contracts.engine.document.sections.referral_window import Referrals
from contracts.engine.document.sections.scheduling import PERIODS
from contracts.models import EventPayout

type Value = Decimal | str | None


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of a section that is said in a sentence. Amounts of money are none: programs differ in currency.

    `value` gives it of the section's value, None where the terms leave it open; then `open` says why that breaks a
    rule, and an empty `open` that it breaks none. `path` is the field of the document, `field` that of the form,
    which is locked where a rule leaves one value and it `is_shown_fixed`: alone, without another field that says its
    unit. A setting with `choices` is one of them, every other is a number of `unit`. `row` is the type of the row of
    the section that it stands in.
    """

    key: str
    section: str
    path: str
    field: str
    label: str
    value: Callable[[Any], Value]
    unit: str = ""
    choices: Mapping[str, str] | None = None
    open: str = ""
    is_shown_fixed: bool = True
    row: str = ""


def _days(type_: str) -> Callable[[Referrals], Value]:
    def value(referrals: Referrals) -> Value:
        lengths = [row.length for row in referrals if row.type == type_]
        return Decimal(int(lengths[0].total_seconds())) / 86_400 if lengths else None

    return value


_ALL = (
    Setting(
        "default_rate",
        "default_payout",
        "DefaultPayoutRate",
        "value",
        "Default payout",
        lambda value: value.payout_rate,
        unit="%",
        open="the default payout is a fixed amount",
        is_shown_fixed=False,
    ),
    Setting(
        "payout_level",
        "default_payout",
        "PayoutLevel",
        "payout_level",
        "Payout level",
        lambda value: value.level,
        choices=dict(EventPayout.Level.choices),
    ),
    Setting(
        "locking_months",
        "locking",
        "Locking.MonthOffset",
        "locking_months",
        "Months to lock",
        lambda value: None if value is None or value.open_ended else Decimal(value.month_offset),
        unit="months",
        open="actions are open-ended",
    ),
    Setting(
        "locking_days",
        "locking",
        "Locking.DayOffset",
        "locking_days",
        "Days to lock",
        lambda value: None if value is None or value.open_ended else Decimal(value.day_offset),
        unit="days",
        open="actions are open-ended",
    ),
    Setting(
        "locking_period",
        "locking",
        "Locking.Period",
        "locking_period",
        "Locking counts from the end of the",
        lambda value: None if value is None or value.open_ended else value.period,
        choices={"DAY": "day", "MONTH": "month"},
        open="actions are open-ended",
    ),
    Setting(
        "scheduling_months",
        "payout_scheduling",
        "PayoutScheduling.MonthOffset",
        "scheduling_months",
        "Months to pay",
        lambda value: Decimal(value.month_offset if value else 0),
        unit="months",
    ),
    Setting(
        "scheduling_days",
        "payout_scheduling",
        "PayoutScheduling.DayOffset",
        "scheduling_days",
        "Days to pay",
        lambda value: Decimal(value.day_offset if value else 0),
        unit="days",
    ),
    Setting(
        "scheduling_period",
        "payout_scheduling",
        "PayoutScheduling.Period",
        "scheduling_period",
        "Paying counts from the end of the",
        lambda value: value.period if value else None,
        choices=PERIODS,
    ),
    Setting(
        "credit_policy",
        "credit_policy",
        "CreditPolicy",
        "credit_policy",
        "Credit policy",
        lambda value: value,
        choices=POLICIES,
    ),
    Setting(
        "click_days",
        "valid_referrals",
        "ValidReferrals",
        "clicks_window",
        "Window of clicks",
        _days("CLICKS"),
        unit="days",
        is_shown_fixed=False,
        row="CLICKS",
    ),
    Setting(
        "impression_days",
        "valid_referrals",
        "ValidReferrals",
        "impressions_window",
        "Window of impressions",
        _days("IMPRESSIONS"),
        unit="days",
        is_shown_fixed=False,
        row="IMPRESSIONS",
    ),
    Setting(
        "notice",
        "change_notification_period",
        "ChangeNotificationPeriod",
        "notice_days",
        "Days of notice",
        lambda value: Decimal(value),
        unit="days",
    ),
    Setting(
        "reversals",
        "max_return_percentage",
        "MaxReturnPercentage",
        "max_return",
        "Most that can be taken back",
        lambda value: value,
        unit="%",
    ),
    Setting(
        "action_limit",
        "action_limit",
        "ActionLimit.Value",
        "action_limit",
        "Action limit",
        lambda value: None if value is None else value.value,
        unit="actions",
        open="the number of actions is not limited",
    ),
)
SETTINGS: dict[str, Setting] = {setting.key: setting for setting in _ALL}
