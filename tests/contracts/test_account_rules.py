"""Account rules: settings that an administrator locks; what breaks them is neither saved nor published."""

from decimal import Decimal

import pytest

from common.refusals import Refused
from contracts.account_rules.checks import rules_of
from contracts.account_rules.services import Wanted, set_account_rules
from contracts.account_rules.settings import SETTINGS
from contracts.drafts.documents import section_value
from contracts.drafts.sections import set_sections, set_terms_sections
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.engine.document.sections.default_payout import DefaultPayout
from contracts.engine.document.sections.locking import Locking
from contracts.engine.document.sections.referral_window import ValidReferral
from contracts.engine.document.sections.scheduling import PayoutScheduling
from contracts.engine.document.terms import OF_TERMS, SENTENCES
from contracts.engine.document.whole_terms.whole_limits import WholeLimit
from contracts.models import AccountRule, EventPayout
from contracts.publishing.services import join_partners, publish_document, publish_draft
from contracts.sections.registry import PANELS, TERMS_PANELS
from program.models import Program
from tests.contracts.addresses import url
from tests.factories import make_program, make_user, terms_document

DAYS_15 = Wanted(Decimal(15), Decimal(15))


@pytest.fixture
def admin(brand, client_of):
    return client_of(make_user(username="ada", program=brand, role="ADMINISTRATOR"))


def rule(brand, **wanted):
    set_account_rules(account=brand.account, wanted=wanted)


def fresh(event_payout):
    rows = EventPayout.objects.select_related("event_type", "template_terms__program__account")
    return rows.get(pk=event_payout.pk)


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


def test_the_form_shows_the_lock_and_who_set_it_and_keeps_to_one_value(brand, event_payout, admin, editor):
    address = url("account_rules_edit")
    sent = {
        "locking_days_least": "20",
        "locking_days_most": "20",
        "notice_least": "7",
        "credit_policy_choice": "LAST_REFERRER",
    }
    assert admin.post(address, sent).status_code == 302
    page = editor.get(url("terms_edit", event_payout.template_terms_id)).content.decode()
    assert "Days to lock: 20 days by an account rule, set by ada on" in page
    assert "Days of notice: at least 7 days by an account rule, set by ada on" in page
    typed = {
        "has_locking": "on",
        "locking_months": "0",
        "locking_days": "3",
        "locking_period": "MONTH",
        "scheduling_months": "0",
        "scheduling_days": "20",
        "scheduling_period": "END_OF_MONTH",
    }
    saved = editor.post(url("section_save", event_payout.pk, PANELS["schedule"]), typed)
    assert saved.status_code == 302
    assert section_value(fresh(event_payout), "locking") == Locking("MONTH", 0, 20), "a locked field can't be typed in"
    refused = editor.post(
        url("terms_section_save", event_payout.template_terms_id, TERMS_PANELS["notice"]), {"notice_days": "6"}
    )
    assert refused.status_code == 422
    assert "Days of notice: An account rule allows at least 7 days, not 6 days" in refused.content.decode()


def test_the_page_sets_changes_and_frees_settings(brand, admin):
    address = url("account_rules_edit")
    admin.post(address, {"notice_least": "7", "reversals_most": "30%"})
    rules = {each.setting: (each.least, each.most) for each in AccountRule.objects.all()}
    assert rules == {"notice": (7, None), "reversals": (None, 30)}
    first = AccountRule.objects.get(setting="notice")
    page = admin.get(address)
    admin.post(address, {"notice_least": "7", "opened_with": page.context["form"].opened_with})
    assert [each.pk for each in AccountRule.objects.all()] == [first.pk]
    assert AccountRule.objects.get().set_at == first.set_at, "what stays keeps who set it and when"


def test_what_makes_no_rule_is_refused_at_its_field(brand, admin):
    sent = {"notice_least": "9", "notice_most": "7", "reversals_most": "120"}
    answer = admin.post(url("account_rules_edit"), sent)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"notice_most", "reversals_most"}
    assert not AccountRule.objects.exists()


def test_rules_changed_meanwhile_are_not_overwritten(brand, admin):
    address = url("account_rules_edit")
    seen = admin.get(address).context["form"].opened_with
    rule(brand, notice=Wanted(least=Decimal(3)))
    answer = admin.post(address, {"notice_least": "7", "opened_with": seen or "none"})
    assert answer.status_code == 409
    assert AccountRule.objects.get().least == 3


def test_administrators_alone_set_rules_and_the_audit_log_has_them(brand, admin, erin, charlie, client_of):
    address = url("account_rules_edit")
    for method in ("get", "post"):
        assert getattr(client_of(erin), method)(address).status_code == 403
        assert getattr(client_of(charlie), method)(address).status_code == 404
    assert admin.post(address, {"locking_days_most": "20"}).status_code == 302
    page = admin.get("/p/1000/settings/audit-log/").content.decode()
    assert "account rule locking days" in page


def test_every_setting_names_a_field_of_its_section_s_form():
    sections = {each.section: each for panel in [*PANELS.values(), *TERMS_PANELS.values()] for each in panel.sections}
    for setting in SETTINGS.values():
        assert setting.field in sections[setting.section].form.base_fields, setting.key
        assert setting.path.split(".")[0] in SENTENCES[setting.section].keys, setting.key


def test_the_rules_are_read_once_for_a_page(brand, event_payout, editor, django_assert_num_queries):
    page = url("terms_edit", event_payout.template_terms_id)
    editor.get(page)
    with django_assert_num_queries(20):
        editor.get(page)
    rule(brand, **{key: Wanted(least=Decimal(0)) for key, setting in SETTINGS.items() if not setting.choices})
    with django_assert_num_queries(20):
        editor.get(page)
