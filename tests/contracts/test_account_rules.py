"""Account rules: settings that an administrator locks; what breaks them is neither saved nor published."""

from decimal import Decimal

import pytest

from common.refusals import Refused
from contracts.account_rules.checks import rules_of
from contracts.account_rules.services import Wanted, set_account_rules
from contracts.account_rules.settings import SETTINGS
from contracts.drafts.sections import set_sections, set_terms_sections
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.engine.document.sections.default_payout import DefaultPayout
from contracts.engine.document.sections.locking import Locking
from contracts.engine.document.sections.referral_window import ValidReferral
from contracts.engine.document.sections.scheduling import PayoutScheduling
from contracts.engine.document.terms import OF_TERMS, SENTENCES
from contracts.engine.document.whole_terms.whole_limits import WholeLimit
from contracts.models import AccountRule
from contracts.publishing.services import join_partners, publish_document, publish_draft
from contracts.sections.registry import PANELS, TERMS_PANELS
from program.models import EventType, Program
from tests.contracts.account_rules import fresh, rule
from tests.contracts.addresses import url
from tests.factories import make_program, terms_document

DAYS_15 = Wanted(Decimal(15), Decimal(15))


@pytest.mark.parametrize(
    ("key", "wanted", "good", "bad", "path"),
    [
        (
            "default_rate",
            Wanted(Decimal(5), Decimal(10)),
            DefaultPayout("ORDER", None, Decimal(10)),
            DefaultPayout("ORDER", None, Decimal("10.5")),
            "DefaultPayoutRate",
        ),
        (
            "default_rate",
            Wanted(Decimal(5), Decimal(10)),
            DefaultPayout("ORDER", None, Decimal(5)),
            DefaultPayout("ORDER", Decimal(7), None),
            "DefaultPayoutRate",
        ),
        (
            "payout_level",
            Wanted(choice="ITEM"),
            DefaultPayout("ITEM", None, Decimal(5)),
            DefaultPayout("ORDER", None, Decimal(5)),
            "PayoutLevel",
        ),
        (
            "locking_months",
            Wanted(most=Decimal(1)),
            Locking("MONTH", 1, 0),
            Locking("MONTH", 2, 0),
            "Locking.MonthOffset",
        ),
        ("locking_days", DAYS_15, Locking("DAY", 0, 15), Locking("DAY", 0, 16), "Locking.DayOffset"),
        ("locking_period", Wanted(choice="DAY"), Locking("DAY", 0, 9), Locking("MONTH", 0, 9), "Locking.Period"),
        (
            "scheduling_months",
            Wanted(most=Decimal(0)),
            PayoutScheduling("END_OF_DAY", 0, 3),
            PayoutScheduling("END_OF_DAY", 1, 3),
            "PayoutScheduling.MonthOffset",
        ),
        (
            "scheduling_days",
            Wanted(least=Decimal(3)),
            PayoutScheduling("END_OF_DAY", 0, 3),
            PayoutScheduling("END_OF_DAY", 0, 2),
            "PayoutScheduling.DayOffset",
        ),
        (
            "scheduling_period",
            Wanted(choice="END_OF_DAY"),
            PayoutScheduling("END_OF_DAY", 0, 3),
            PayoutScheduling("END_OF_MONTH", 0, 3),
            "PayoutScheduling.Period",
        ),
        ("credit_policy", Wanted(choice="LAST_REFERRER"), "LAST_REFERRER", "FIRST_REFERRER", "CreditPolicy"),
        (
            "click_days",
            Wanted(most=Decimal(30)),
            (ValidReferral("CLICKS", 720, "HOUR"),),
            (ValidReferral("CLICKS", 721, "HOUR"),),
            "ValidReferrals",
        ),
        (
            "impression_days",
            Wanted(most=Decimal(1)),
            (ValidReferral("CLICKS", 60, "DAY"),),
            (ValidReferral("IMPRESSIONS", 2, "DAY"),),
            "ValidReferrals",
        ),
        ("notice", Wanted(least=Decimal(7)), 7, 6, "ChangeNotificationPeriod"),
        ("reversals", Wanted(Decimal(30), Decimal(30)), Decimal(30), Decimal(100), "MaxReturnPercentage"),
        (
            "action_limit",
            Wanted(most=Decimal(500)),
            WholeLimit(Decimal(500)),
            WholeLimit(Decimal(501)),
            "ActionLimit.Value",
        ),
    ],
)
def test_a_rule_alone_decides_whether_a_section_is_saved(brand, event_payout, key, wanted, good, bad, path):
    section = SETTINGS[key].section

    def save(value):
        payout = fresh(event_payout)
        if section in OF_TERMS:
            set_terms_sections(template_terms=payout.template_terms, values={section: value})
        else:
            set_sections(event_payout=payout, values={section: value})

    save(bad)
    save(good)
    rule(brand, **{key: wanted})
    save(good)
    with pytest.raises(Refused) as refused:
        save(bad)
    [error] = refused.value
    assert error.path == path
    assert error.message.startswith("an account rule allows ")


def test_what_is_switched_off_is_judged_as_it_would_be_published(brand, event_payout):
    rule(brand, locking_days=DAYS_15)
    payout = fresh(event_payout)
    with pytest.raises(Refused, match="an account rule allows 15 days; actions are open-ended"):
        set_sections(event_payout=payout, values={"locking": Locking("DAY", 0, 15)}, switches={"locking": False})
    assert fresh(event_payout).is_on("locking")
    rule(brand, action_limit=Wanted(most=Decimal(5)))
    with pytest.raises(Refused, match="an account rule allows at most 5 actions; the number of actions is not limited"):
        set_terms_sections(
            template_terms=fresh(event_payout).template_terms,
            values={"action_limit": WholeLimit(Decimal(5))},
            switches={"action_limit": False},
        )


def test_publishing_refuses_what_breaks_a_rule_with_every_path(brand, event_payout, editor):
    rule(brand, notice=Wanted(least=Decimal(7)), locking_days=Wanted(Decimal(5), Decimal(9)))
    with pytest.raises(Refused) as refused:
        publish_draft(template_terms=fresh(event_payout).template_terms)
    assert {each.path: each.message for each in refused.value} == {
        "ChangeNotificationPeriod": "an account rule allows at least 7 days, not 0 days",
        "EventPayouts[0].Locking.DayOffset": "an account rule allows from 5 days to 9 days, not 15 days",
    }
    review = editor.get(url("terms_publish", event_payout.template_terms_id)).content.decode()
    assert "#change-notice" in review
    assert "Change notice period</a>: An account rule allows at least 7 days, not 0 days" in review
    with pytest.raises(Refused, match="ChangeNotificationPeriod"):
        publish_document(program=Program.objects.get(), document=terms_document())


def test_what_is_published_goes_on_and_partners_join_it(brand, event_payout, anna):
    publish_draft(template_terms=event_payout.template_terms)
    rule(brand, notice=Wanted(least=Decimal(7)))
    assert join_partners(template_terms=fresh(event_payout).template_terms, join="all").contracts_made == 1


def test_a_new_event_type_is_paid_within_the_rules(brand, sale):
    rule(brand, default_rate=Wanted(most=Decimal(10)))
    terms = create_template_terms(program=Program.objects.get(pk=brand.pk), name="New")
    with pytest.raises(Refused, match="at most 10%, not 12%"):
        add_event_payout(template_terms=terms, event_type=sale, payout_rate=Decimal(12))


def test_rules_hold_in_every_program_of_the_account_and_in_no_other(brand, sale, event_payout):
    rule(brand, notice=Wanted(least=Decimal(7)))
    second = make_program(account=brand.account)
    other = make_program()
    assert list(rules_of(second)) == ["notice"]
    assert rules_of(other) == {}


def test_every_setting_names_a_field_of_its_section_s_form():
    sections = {each.section: each for panel in [*PANELS.values(), *TERMS_PANELS.values()] for each in panel.sections}
    for setting in SETTINGS.values():
        assert setting.field in sections[setting.section].form.base_fields, setting.key
        assert setting.path.split(".")[0] in SENTENCES[setting.section].keys, setting.key


def wanted_of(**wanted):
    return {key: each if isinstance(each, Wanted) else Wanted(*map(Decimal, each)) for key, each in wanted.items()}


@pytest.mark.parametrize(
    ("wanted", "field", "why"),
    [
        ({"locking_months": (61, 70)}, "locking_months_least", "must be from 0 to 60"),
        ({"notice": ("7.2", "7.8")}, "notice_least", "must be a whole number"),
        ({"notice": (400, 500)}, "notice_least", "must be from 0 to 365"),
        ({"click_days": (401, 500)}, "click_days_least", "must be from 1 to 9600"),
        ({"action_limit": (0, "0.5")}, "action_limit_least", "must be more than 0"),
        (
            {"locking_days": (200, 300), "locking_period": Wanted(choice="MONTH")},
            "locking_days_least",
            "Days to lock and Locking counts from the end of the together: must be at most 27 where months are counted",
        ),
        ({"locking_days": (28, 40), "locking_months": (1, 2)}, "locking_days_least", "must be at most 27"),
    ],
)
def test_a_rule_that_no_terms_can_keep_to_is_refused_at_its_field(brand, wanted, field, why):
    with pytest.raises(Refused) as refused:
        set_account_rules(account=brand.account, wanted=wanted_of(**wanted))
    [error] = refused.value
    assert error.path == field
    assert error.message.startswith("No terms can keep to ")
    assert why in error.message
    assert not AccountRule.objects.exists()


@pytest.mark.parametrize(
    "wanted",
    [
        {"locking_days": (200, 200)},
        {"locking_days": (20, 300), "locking_period": Wanted(choice="MONTH")},
        {"click_days": ("0.5", "0.5")},
        {"impression_days": ("0.01", "0.02")},
        {key: (0, 9999) for key, each in SETTINGS.items() if not each.choices and each.unit != "%"},
        {"click_days": (30, 30), "impression_days": (1, 1)},
        {"default_rate": (5, 5), "payout_level": Wanted(choice="ITEM")},
        {"reversals": ("33.33", "33.33")},
        {"action_limit": (1, 1)},
        {"scheduling_months": (60, 60), "scheduling_days": (9, 730), "scheduling_period": Wanted(choice="END_OF_WEEK")},
        {key: Wanted(choice=next(iter(each.choices))) for key, each in SETTINGS.items() if each.choices},
    ],
)  # fmt: skip
def test_a_rule_that_terms_can_keep_to_is_set(brand, sale, wanted):
    assert set_account_rules(account=brand.account, wanted=wanted_of(**wanted)) == len(wanted)


def test_a_payout_level_that_an_event_type_does_not_offer_is_no_rule(brand, sale):
    EventType.objects.update(payout_levels="ORDER")
    with pytest.raises(Refused, match="Online sale can only be paid the other way"):
        set_account_rules(account=brand.account, wanted={"payout_level": Wanted(choice="ITEM")})
    EventType.objects.update(is_active=False)
    assert set_account_rules(account=brand.account, wanted={"payout_level": Wanted(choice="ITEM")}) == 1
