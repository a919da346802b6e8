"""With thousands of partners, groups and codes a page is as small as with a few: filters and fields look theirs up."""

import pytest

from common.currencies import CURRENCY_DIGITS
from contracts.drafts.template_terms import create_template_terms
from program.models import CustomerTag, Partner, PartnerGroup
from program.models.event_type import CustomerStatusMapping
from reports.rollups.fill import fill_touched_days
from tests.factories import make_action, make_contracts, make_event_type, terms_document

MANY = 3_000
MOST = 150_000  # bytes
LONG = "of a name as long as names are"


@pytest.fixture
def many(brand):
    """A brand with orders, thousands of partners, groups, tags and codes, each in the list of some filter."""
    sale = make_event_type(program=brand)
    partners = Partner.objects.bulk_create(
        Partner(program=brand, media_partner_id=f"P-{n}", name=f"Partner {n} {LONG}", country="GB") for n in range(MANY)
    )
    PartnerGroup.objects.bulk_create(
        PartnerGroup(program=brand, name=f"Group {n} {LONG}", name_key=f"group {n}") for n in range(MANY)
    )
    CustomerTag.objects.bulk_create(
        CustomerTag(program=brand, name=f"Tag {n} {LONG}", name_key=f"tag {n}") for n in range(MANY)
    )
    CustomerStatusMapping.objects.bulk_create(
        CustomerStatusMapping(program=brand, event_type=sale, category="Existing", code=f"code {n}", code_key=f"{n}")
        for n in range(MANY)
    )
    make_contracts(program=brand, document=terms_document(), partners=partners[:100])
    for name in (f"Terms {n}" for n in range(100)):
        create_template_terms(program=brand, name=name)
    for code in ("new", "code 7"):
        make_action(program=brand, CustomerStatus=code)
    fill_touched_days(program_id=brand.pk)
    return brand


def test_no_page_with_a_filter_or_a_partner_field_grows(many, alice, client_of):
    terms = many.templateterms_set.get(name="Standard")
    pages = [
        "reports/new-vs-return-customer/", "reports/new-vs-return-customer/?metric=all&other=shown",
        "reports/performance-by-day-by-customer-status/", "reports/performance-by-day-by-customer-status/?partner=P-1",
        "transactions/actions/", "transactions/test-order/", "transactions/conversions/",
        "partners/?page_size=100", "partners/new/", "customers/", "contracts/?page_size=100",
        f"contracts/template-terms/{terms.pk}/join/", "contracts/template-terms/new/", "settings/program/",
        "settings/audit-log/",
    ]  # fmt: skip
    browser = client_of(alice)
    answers = {path: browser.get(f"/p/1000/{path}") for path in pages}
    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 200} == {}
    sizes = {path: len(answer.content) for path, answer in answers.items()}
    assert {path: size for path, size in sizes.items() if size > MOST} == {}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("&".join(f"currency={code}" for code in sorted(CURRENCY_DIGITS)), 200),
        ("&".join(f"status={number}" for number in range(300)), 422),
    ],
)
def test_an_address_with_many_values_makes_no_large_page(brand, query, status, alice, client_of):
    answer = client_of(alice).get(f"/p/1000/transactions/actions/?{query}")
    assert answer.status_code == status
    assert len(answer.content) < MOST


def test_an_address_longer_than_any_link_is_refused(brand, alice, client_of):
    answer = client_of(alice).get(f"/p/1000/transactions/actions/?{'&'.join(['currency=GBP'] * 400)}")
    assert answer.status_code == 400
    assert len(answer.content) < MOST
