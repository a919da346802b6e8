"""Drafts in which every setting has a value: how each is typed, how the page says it, and how it is published.

Between them they type every field of every section, with each of its choices.
"""

from contracts.engine.document.terms import OF_TERMS, SECTIONS
from tests.contracts.typed_drafts import Document, Draft, Row, Rows, Said, limits, locking, referral, rule, scheduling

MINUS = "\N{MINUS SIGN}"
TEXT = {"name": "Paid search", "type": "PAID_SEARCH", "content": "No brand keywords in ads."}

BY_ORDER = Draft("Spring sale", "2026, UK", "GBP", {
    "default_payout": Said(
        {"kind": "FIXED", "value": "2.50", "payout_level": "ORDER"},
        {"PayoutLevel": "ORDER", "DefaultPayout": "2.5"},
        "£2.50 per order", "£2.50 per order", kept={"value": "2.5"},
    ),
    "payout_groups": Rows([
        Row({"name": "New customers", "kind": "PERCENT", "value": "15%", "place": "last"},
            [("CUSTOMER_STATUS", "IS", "New")],
            {"Name": "New customers", "Rules": [rule("CUSTOMER_STATUS", "IS", "New")], "PayoutRate": "15",
             "Limits": []},
            ("2", "New customers", "Customer Status is New", "15%"), kept={"value": "15"}),
        Row({"name": "", "kind": "FIXED", "value": "12.50"},
            [("ORDER_TOTAL", "GTE", "200"), ("ITEM_CATEGORY", "IS", 'ACME, "Anvils, large"')],
            {"Name": "", "Payout": "12.5", "Limits": [],
             "Rules": [rule("ORDER_TOTAL", "GTE", "200"), rule("ITEM_CATEGORY", "IS", "ACME", "Anvils, large")]},
            ("3", "Group 3", "Order Total ≥ £200.00 and Item Category is ACME or Anvils, large", "£12.50", "per order"),
            kept={"value": "12.5"}),
        Row({"name": "VIP", "kind": "PERCENT", "value": "20", "payable_items": "3", "place": "first"},
            [("ORDER_PROMO_CODE", "STARTS_WITH", "VIP")],
            {"Name": "VIP", "Rules": [rule("ORDER_PROMO_CODE", "STARTS_WITH", "VIP")], "PayoutRate": "20",
             "Limits": [{"Type": "PAYABLE_ITEMS", "Value": "3"}]},
            ("1", "VIP", "Order Promo Code starts with VIP", "20%", "at most 3 items")),
    ], "3 payout groups: 15%–20% and £12.50", ranked=(2, 0, 1)),
    "payout_adjustments": Rows([
        Row({"direction": "INCREASE", "kind": "PERCENT", "value": "50"}, [("CUSTOMER_STATUS", "IS", "New")],
            {"Rules": [rule("CUSTOMER_STATUS", "IS", "New")], "Direction": "INCREASE", "Rate": "50"},
            ("1", "Customer Status is New", "+50%", "of the payout")),
        Row({"direction": "DECREASE", "kind": "FIXED", "value": "1.25"}, [],
            {"Rules": [], "Direction": "DECREASE", "Amount": "1.25"},
            ("2", "every order", f"{MINUS}£1.25", "per order")),
    ], f"2 adjustments: +50% Customer Status is New · {MINUS}£1.25 every order", ranked=(0, 1)),
    "payout_restrictions": Rows([
        Row({"zero_payout_hide_report": "on"}, [("ITEM_SKU", "IS", "GIFT-*")],
            {"Rules": [rule("ITEM_SKU", "IS", "GIFT-*")], "ZeroPayoutHideReport": True},
            ("1", "Item SKU is GIFT-*", "No payout", "left out of reports")),
        Row({"zero_payout_hide_report": None}, [("REFERRAL_TRAFFIC_TYPE", "IS_NOT_PRESENT", "")],
            {"Rules": [rule("REFERRAL_TRAFFIC_TYPE", "IS_NOT_PRESENT")], "ZeroPayoutHideReport": False},
            ("2", "Referral Traffic Type is not present", "No payout")),
    ], "2 restrictions: Item SKU is GIFT-* · Referral Traffic Type is not present", ranked=(0, 1)),
    "limits": Said(
        *limits(("PAYOUT", "50", "CUSTOMER", "MONTH"), ("ACTION", "1", "CLICK", "CONTRACT"),
                ("PAYOUT", "20.25", "ORDER", "CONTRACT"), ("ACTION", "900", "ALL", "QUARTER")),
        "At most £50.00 for each customer in a month. At most 1 action for each click. At most £20.25 for each order. "
        "At most 900 actions in a quarter",
        "At most £50.00 for each customer in a month. At most 1 action for each click. At most £20.25 for each order. "
        "At most 900 actions in a quarter.",
    ),
    "locking": Said(
        {"has_locking": "on", "locking_months": "1", "locking_days": "3", "locking_period": "MONTH"},
        locking("MONTH", 1, 3), "locked 1 month and 3 days after the end of the month",
        "Actions are locked 1 month and 3 days after the end of the month they are tracked.",
    ),
    "payout_scheduling": Said(
        {"has_scheduling": "on", "scheduling_months": "0", "scheduling_days": "4", "scheduling_period": "END_OF_WEEK"},
        scheduling("END_OF_WEEK", 0, 4), "paid 4 days after the end of the week",
        "Actions are paid 4 days after the end of the week they lock.",
    ),
    "credit_policy": Said(
        {"credit_policy": "FIRST_REFERRER"}, {"CreditPolicy": "FIRST_REFERRER"}, "first referrer",
        "The first referrer is credited.",
    ),
    "valid_referrals": Said(
        {"has_clicks": "on", "clicks_window": "7", "clicks_unit": "DAY",
         "has_impressions": "on", "impressions_window": "12", "impressions_unit": "HOUR"},
        {"ValidReferrals": [referral("CLICKS", 7, "DAY"), referral("IMPRESSIONS", 12, "HOUR")]},
        "clicks within 7 days and impressions within 12 hours",
        "Referrals are allowed from clicks within 7 days and impressions within 12 hours before the order.",
    ),
    "special_terms": Said(
        {"custom_terms": ["1 Paid search"]},
        {"SpecialTermsList": [
            {"Name": "Paid search", "Type": "PAID_SEARCH", "Content": "No brand keywords in ads.", "Version": 1},
        ]},
        "Paid search, version 1", "Paid search version 1 No brand keywords in ads.",
    ),
    "change_notification_period": Said(
        {"notice_days": "14"}, {"ChangeNotificationPeriod": 14}, "notice 14 days",
        "Changes apply 14 days after they are published at the earliest.",
    ),
    "max_return_percentage": Said(
        {"max_return": "30%"}, {"MaxReturnPercentage": "30"}, "reversals up to 30%",
        "At most 30% of a partner’s payouts of a month can be taken back by returns and reversals.",
        kept={"max_return": "30"},
    ),
    "action_limit": Said(
        {"has_action_limit": "on", "action_limit": "500", "action_limit_period": "DAY", "action_limit_weekend": "100"},
        {"ActionLimit": {"Value": "500", "Period": "DAY", "WeekendValue": "100"}},
        "500 actions each day, 100 actions at weekends",
        "At most 500 actions each day, 100 actions at weekends; further ones are over cap.",
    ),
    "spend_limit": Said(
        {"has_spend_limit": "on", "spend_limit": "10000.50", "spend_limit_period": "MONTH", "spend_limit_weekend": ""},
        {"SpendLimit": {"Value": "10000.5", "Period": "MONTH"}}, "£10,000.50 each month",
        "At most £10,000.50 each month; an action that would cross it is over cap.",
        kept={"spend_limit": "10000.5"},
    ),
    "reset_accrued_actions": Said(
        {"reset_accrued": "on"}, {"ResetAccruedActions": True}, "accrued actions are reset",
        "All limits begin to count again, for all partners, when they move to this version.",
        after="accrued actions go on",
    ),
})  # fmt: skip

BY_ITEM = Draft("Summer sale", "", "USD", {
    "default_payout": Said(
        {"kind": "PERCENT", "value": "7.125", "payout_level": "ITEM"},
        {"PayoutLevel": "ITEM", "DefaultPayoutRate": "7.125"},
        "7.125% of each item’s sale amount", "7.125% of each item’s sale amount",
    ),
    "payout_groups": Rows([
        Row({"name": "Everything else", "kind": "FIXED", "value": "2", "payable_items": "1"}, [],
            {"Name": "Everything else", "Rules": [], "Payout": "2",
             "Limits": [{"Type": "PAYABLE_ITEMS", "Value": "1"}]},
            ("1", "Everything else", "every order", "$2.00", "at most 1 item")),
    ], "1 payout group: $2.00", ranked=(0,)),
    "payout_adjustments": Rows([
        Row({"direction": "DECREASE", "kind": "PERCENT", "value": "5.5"}, [("ITEM_PRICE", "BETWEEN", "5, 10.50")],
            {"Rules": [rule("ITEM_PRICE", "BETWEEN", "5", "10.50")], "Direction": "DECREASE", "Rate": "5.5"},
            ("1", "Item Price is between $5.00 and $10.50", f"{MINUS}5.5%")),
        Row({"direction": "INCREASE", "kind": "FIXED", "value": "0.5"}, [],
            {"Rules": [], "Direction": "INCREASE", "Amount": "0.5"}, ("2", "+$0.50", "per item line")),
    ], f"2 adjustments: {MINUS}5.5% Item Price is between $5.00 and $10.50 · +$0.50 every order", ranked=(0, 1)),
    "limits": Said(
        *limits(("PAYOUT", "10", "ITEM", "CONTRACT"), ("PAYOUT", "40.5", "ALL", "DAY"),
                ("ACTION", "30", "ALL", "WEEK"), ("ACTION", "3", "CUSTOMER", "LOCKING_PERIOD"),
                ("PAYOUT", "9000", "ALL", "CONTRACT")),
        "At most $10.00 for each item. At most $40.50 in a day. At most 30 actions in a week. At most 3 actions for "
        "each customer in a locking period. At most $9,000.00 in all",
        "At most $10.00 for each item. At most $40.50 in a day. At most 30 actions in a week. At most 3 actions for "
        "each customer in a locking period. At most $9,000.00 in all.",
    ),
    "locking": Said(
        {"has_locking": "on", "locking_months": "0", "locking_days": "40", "locking_period": "DAY"},
        locking("DAY", 0, 40), "locked 40 days after the end of the day",
        "Actions are locked 40 days after the end of the day they are tracked.",
    ),
    "payout_scheduling": Said(
        {"has_scheduling": "on", "scheduling_months": "2", "scheduling_days": "1", "scheduling_period": "END_OF_DAY"},
        scheduling("END_OF_DAY", 2, 1), "paid 2 months and 1 day after the end of the day",
        "Actions are paid 2 months and 1 day after the end of the day they lock.",
    ),
    "credit_policy": Said(
        {"credit_policy": "LAST_REFERRER"}, {}, "last referrer", "The last referrer is credited.",
    ),
    "valid_referrals": Said(
        {"has_clicks": "on", "clicks_window": "36", "clicks_unit": "HOUR", "has_impressions": None},
        {"ValidReferrals": [referral("CLICKS", 36, "HOUR")]}, "clicks within 36 hours",
        "Referrals are allowed from clicks within 36 hours before the order.",
    ),
    "action_limit": Said(
        {"has_action_limit": "on", "action_limit": "1", "action_limit_period": "WEEK", "action_limit_weekend": ""},
        {"ActionLimit": {"Value": "1", "Period": "WEEK"}}, "1 action each week",
        "At most 1 action each week; further ones are over cap.",
    ),
    "spend_limit": Said(
        {"has_spend_limit": "on", "spend_limit": "75", "spend_limit_period": "DAY", "spend_limit_weekend": "0"},
        {"SpendLimit": {"Value": "75", "Period": "DAY", "WeekendValue": "0"}},
        "$75.00 each day, $0.00 at weekends",
        "At most $75.00 each day, $0.00 at weekends; an action that would cross it is over cap.",
    ),
})  # fmt: skip

OTHERWISE = Draft("Autumn sale", "one label", "JPY", {
    "default_payout": Said(
        {"kind": "FIXED", "value": "250", "payout_level": "ITEM"},
        {"PayoutLevel": "ITEM", "DefaultPayout": "250"}, "¥250 per item", "¥250 per item",
    ),
    "locking": Said(
        {"has_locking": None}, {"Locking": None}, "never locked by date",
        "Actions are open-ended: they lock by themselves 730 days after they are tracked.",
    ),
    "payout_scheduling": Said(
        {"has_scheduling": "on", "scheduling_months": "1", "scheduling_days": "0", "scheduling_period": "END_OF_MONTH"},
        scheduling("END_OF_MONTH", 1, 0), "paid 1 month after the end of the month",
        "Actions are paid 1 month after the end of the month they lock.",
    ),
    "valid_referrals": Said(
        {"has_clicks": None, "has_impressions": "on", "impressions_window": "2", "impressions_unit": "DAY"},
        {"ValidReferrals": [referral("IMPRESSIONS", 2, "DAY")]}, "impressions within 2 days",
        "Referrals are allowed from impressions within 2 days before the order.",
    ),
    "action_limit": Said(
        {"has_action_limit": "on", "action_limit": "2500", "action_limit_period": "MONTH", "action_limit_weekend": ""},
        {"ActionLimit": {"Value": "2500", "Period": "MONTH"}}, "2,500 actions each month",
        "At most 2,500 actions each month; further ones are over cap.",
    ),
    "spend_limit": Said(
        {"has_spend_limit": "on", "spend_limit": "90000", "spend_limit_period": "WEEK"},
        {"SpendLimit": {"Value": "90000", "Period": "WEEK"}}, "¥90,000 each week",
        "At most ¥90,000 each week; an action that would cross it is over cap.",
    ),
})  # fmt: skip

AS_OFFERED = Draft("Winter sale", "2026", "GBP", {
    "default_payout": Said(
        {}, {"PayoutLevel": "ORDER", "DefaultPayoutRate": "10"}, "10% of the order’s sale amount",
        "10% of the order’s sale amount",
    ),
    "limits": Said({}, {}, "Payouts have no limits", "Payouts have no limits."),
    "locking": Said(
        {}, locking("MONTH", 0, 15), "locked 15 days after the end of the month",
        "Actions are locked 15 days after the end of the month they are tracked.",
    ),
    "payout_scheduling": Said(
        {"has_scheduling": None}, {"PayoutScheduling": None}, "paid on the day they lock",
        "Actions are paid on the day they lock.",
    ),
    "credit_policy": Said({}, {}, "last referrer", "The last referrer is credited."),
    "valid_referrals": Said(
        {}, {}, "clicks within 30 days", "Referrals are allowed from clicks within 30 days before the order.",
    ),
    "special_terms": Said({}, {}, "none attached", ""),
    "change_notification_period": Said({}, {}, "notice 0 days", ""),
    "max_return_percentage": Said({}, {}, "reversals up to 100%", ""),
    "action_limit": Said(
        {"has_action_limit": "on", "action_limit": "500", "action_limit_period": "CONTRACT"},
        {"ActionLimit": {"Value": "500", "Period": "CONTRACT"}}, "500 actions over the whole contract",
        "At most 500 actions over the whole contract; further ones are over cap.",
    ),
    "spend_limit": Said(
        {"has_spend_limit": "on", "spend_limit": "10000", "spend_limit_period": "CONTRACT"},
        {"SpendLimit": {"Value": "10000", "Period": "CONTRACT"}}, "£10,000.00 over the whole contract",
        "At most £10,000.00 over the whole contract; an action that would cross it is over cap.",
    ),
    "reset_accrued_actions": Said({}, {}, "accrued actions go on", ""),
})  # fmt: skip

DRAFTS = (BY_ORDER, BY_ITEM, OTHERWISE, AS_OFFERED)
# What a draft has of each list and section that is not typed.
OFFERED: Document = {
    "PayoutGroups": [], "PayoutAdjustments": [], "PayoutRestrictions": [], **locking("MONTH", 0, 15),
    **scheduling("END_OF_MONTH", 0, 20),
}  # fmt: skip


def document_of(draft: Draft) -> Document:
    """The document that says what was typed."""
    payout, whole = {"EventTypeCode": "SALE", "PayoutLevel": "ORDER", "DefaultPayoutRate": "10", **OFFERED}, {}
    for name, entry in draft.sections.items():
        said = (
            {(SECTIONS | OF_TERMS)[name].keys[0]: in_ranks(name, entry)} if isinstance(entry, Rows) else entry.published
        )
        if name == "default_payout":
            del payout["DefaultPayoutRate"]
        (payout if name in SECTIONS else whole).update(said)
    labels = [label.strip() for label in draft.labels.split(",") if label.strip()]
    head = {"Name": draft.name, "Currency": draft.currency, "Labels": labels}
    return head | {"EventPayouts": [without_nothing(payout)]} | without_nothing(whole)


def in_ranks(name: str, entry: Rows) -> list[Document]:
    rows = [entry.rows[place].published for place in entry.ranked]
    return [row | ({"Rank": rank} if name == "payout_groups" else {}) for rank, row in enumerate(rows, 1)]


def without_nothing(document: Document) -> Document:
    return {key: value for key, value in document.items() if value is not None}
