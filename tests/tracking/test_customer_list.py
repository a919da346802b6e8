"""The list of customers: search, filters, order, paging, columns and segments."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.urls import reverse

from common.refusals import Refused
from program.customers.selection import customers_matching
from program.models import Customer, CustomerSegment, CustomerTag
from program.models.customer import CustomerRevenue
from tests.factories import make_customer, make_customer_tag, make_partner, make_program
from tracking.customers import paging

FIRST = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def editor(alice, client_of):
    return client_of(alice)


@pytest.fixture
def kettle(brand):
    return make_partner(program=brand, media_partner_id="P-1", name="Kettle")


def person(brand, customer_id, *, tags=(), revenue=None, day=None, **fields):
    """A customer as the rollup leaves one: `day` is that of the only order."""
    customer = make_customer(program=brand, customer_id=customer_id, tags=list(tags))
    if day:
        fields |= {"first_order": FIRST + timedelta(days=day), "last_order": FIRST + timedelta(days=day), "orders": 1}
    Customer.objects.filter(pk=customer.pk).update(**fields)
    for currency, amount in (revenue or {}).items():
        CustomerRevenue.objects.create(
            program=brand, customer=customer, currency=currency, orders=1, revenue=amount, payout=1
        )
    return customer


@pytest.fixture
def people(brand, kettle):
    person(
        brand, "C-1", tags=["VIP", "Press"], revenue={"GBP": 100}, day=1, name="Ann Lee", country="GB", status="New",
        partner_ids=[kettle.pk],
    )  # fmt: skip
    person(
        brand, "C-2", tags=["VIP"], revenue={"GBP": 250, "EUR": 5}, day=2, email="ben@example.com", country="FR",
        email_sha256=sha256(b"ben@example.com").hexdigest(),
    )  # fmt: skip
    person(brand, "D-3", revenue={"EUR": 900}, day=3, status="Existing", name="Zoë Ångström")
    person(brand, "D-4", email_sha1=sha1(b"dan@example.com").hexdigest())
    return brand


def address(program=1000):
    return reverse("tracking:customer_list", args=[program])


def shown(page):
    return [row.customer.customer_id for row, _ in page.context["rows"]]


def numbered(name):
    return str(CustomerTag.objects.get(name=name).pk)


def test_who_ordered_last_comes_first_and_who_never_ordered_last(people, editor):
    assert shown(editor.get(address())) == ["D-3", "C-2", "C-1", "D-4"]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("c-", ["C-2", "C-1"]),
        ("lee", ["C-1"]),
        ("zoë å", ["D-3"]),
        ("BEN@", ["C-2"]),
        ("Ben@example.com", ["C-2"]),
        ("Dan@Example.com", ["D-4"]),
        (sha1(b"dan@example.com").hexdigest().upper(), ["D-4"]),
        (sha256(b"dan@example.com").hexdigest(), []),
        ("100%", []),
        ("_", []),
    ],
)  # fmt: skip
def test_a_search_looks_in_id_name_address_and_hashes(people, editor, q, found):
    assert shown(editor.get(address(), {"q": q})) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tag={VIP}&tag={Press}", ["C-2", "C-1"]),
        ("tag_all={VIP}&tag_all={Press}", ["C-1"]),
        ("tag_none={VIP}", ["D-3", "D-4"]),
        ("tag={VIP}&tag_none={Press}", ["C-2"]),
        ("status=New", ["C-1"]),
        ("status=OTHER", ["C-2"]),
        ("status=OTHER&status=Existing", ["D-3", "C-2"]),
        ("partner={Kettle}", ["C-1"]),
        ("country=GB&country=FR", ["C-2", "C-1"]),
        ("first_from=2026-03-03", ["D-3", "C-2"]),
        ("last_to=2026-03-03", ["C-2", "C-1"]),
        ("last_from=2026-03-03&last_to=2026-03-03", ["C-2"]),
        ("revenue_from=100", ["C-2", "C-1"]),
        ("revenue_to=100", ["C-1"]),
        ("currency=EUR&revenue_from=5.01", ["D-3"]),
        ("q=c-&revenue_from=101", ["C-2"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("few", [paging.FEW, 0], ids=["few", "too many to be named"])
def test_a_filter_leaves_who_it_names(people, kettle, editor, monkeypatch, few, query, found):
    monkeypatch.setattr(paging, "FEW", few)
    query = query.format(VIP=numbered("VIP"), Press=numbered("Press"), Kettle=kettle.pk)
    page = editor.get(f"{address()}?{query}")
    assert page.status_code == 200
    assert shown(page) == found
    assert sorted(c.customer_id for c in customers_matching(people, QueryDict(query))) == sorted(found)


def test_who_carries_tags_is_found_as_by_looking_at_each(brand):
    draw, names = random.Random(4), ["A", "B", "C"]
    carried = {f"C-{number:02}": draw.sample(names, draw.randrange(4)) for number in range(40)}
    for customer_id, tags in carried.items():
        make_customer(program=brand, customer_id=customer_id, tags=tags)
    kinds = [(), ("A",), ("B", "C"), ("A", "B", "C")]
    for some, every, none in itertools.product(kinds, repeat=3):
        asked = {"tag": some, "tag_all": every, "tag_none": none}
        query = "&".join(f"{name}={numbered(tag)}" for name, tags in asked.items() for tag in tags)
        found = {customer.customer_id for customer in customers_matching(brand, QueryDict(query))}
        assert found == {
            customer_id
            for customer_id, tags in carried.items()
            if (not some or {*some} & {*tags}) and {*every} <= {*tags} and not {*none} & {*tags}
        }, query


def test_a_day_is_one_of_the_programs_time_zone(brand, editor):
    brand.time_zone = "Europe/London"
    brand.save()
    person(brand, "C-1", last_order=datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    assert shown(editor.get(address(), {"last_from": "2026-07-02"})) == ["C-1"]
    assert shown(editor.get(address(), {"last_to": "2026-07-01"})) == []


@pytest.mark.parametrize(
    "query",
    ["tag=99", "tag_none=x", "partner=1", "country=Narnia", "first_from=2026-13-01", "revenue_from=much",
     "currency=XXX", "last_from=2026-03-03&last_to=2026-03-01", "revenue_to=NaN", "revenue_from=1e-20000",
     "revenue_to=1e9999999"],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_is_never_taken_for_everybody(people, editor, query):
    page = editor.get(f"{address()}?{query}")
    assert page.status_code == 422
    assert len(page.context["filters"].errors) == 1
    with pytest.raises(Refused):
        customers_matching(people, QueryDict(query))


def test_filters_that_are_too_many_or_unknown_never_mean_more_customers(people):
    tags = [make_customer_tag(program=people, name=f"t{number}").pk for number in range(27)]
    for query in (
        "&".join(f"tag_all={tag}" for tag in tags),
        "&".join(f"tag_none={tag}" for tag in tags),
        f"q={'x' * 300}",
        f"tagg={tags[0]}",
    ):
        with pytest.raises(Refused):
            customers_matching(people, QueryDict(query))
    assert customers_matching(people, QueryDict("&".join(f"tag_all={tag}" for tag in tags[:10]))).count() == 0


def test_tags_and_partners_of_another_brand_are_unknown(people, editor):
    other = make_program()
    tag, partner = make_customer_tag(program=other, name="Foreign"), make_partner(program=other)
    assert editor.get(address(), {"tag": tag.pk}).status_code == 422
    assert editor.get(address(), {"partner": partner.pk}).status_code == 422


@pytest.mark.parametrize("sort", ["-last_order", "last_order", "-first_order", "first_order", "-orders", "orders",
                                  "customer_id", "-customer_id", "-revenue", "revenue"])  # fmt: skip
@pytest.mark.parametrize("asked", ["", "&q=c-"], ids=["everybody", "of a search"])
def test_pages_hold_everybody_once_forwards_and_back(brand, editor, sort, asked):
    sort += asked
    for number in range(60):
        day = number // 4 if number % 5 else None  # many of one day, and some without an order
        person(brand, f"C-{number:02}", day=day, revenue={"GBP": number // 3})
    pages, query = [], f"?page_size=25&sort={sort}"
    for _ in range(3):
        page = editor.get(address() + query)
        pages.append(shown(page))
        query = f"?page_size=25&sort={sort}&after={page.context['page'].after}".replace("+", "%2B")
    assert [len(each) for each in pages] == [25, 25, 10]
    assert not page.context["page"].after
    everybody = [customer_id for each in pages for customer_id in each]
    assert len(set(everybody)) == 60
    if sort.startswith("-last_order"):
        assert everybody == [c.customer_id for c in sorted(Customer.objects.all(), key=newest_first)]
    before = page.context["page"].before.replace("+", "%2B")
    middle = editor.get(f"{address()}?page_size=25&sort={sort}&before={before}")
    assert shown(middle) == pages[1]
    first = editor.get(
        f"{address()}?page_size=25&sort={sort}&before={middle.context['page'].before}".replace("+", "%2B")
    )
    assert (shown(first), first.context["page"].before) == (pages[0], "")


def newest_first(customer):
    return (customer.last_order is None, -(customer.last_order or FIRST).timestamp(), -customer.pk)


@pytest.mark.parametrize(
    "place",
    ["x", "~", "~9", "2026-01-01~1", "1~x", "nan~1", "9" * 30 + "~" + "9" * 30, "1e-20000~1", "1e9999999~1",
     "2026-01-01T00:00:00+23:00~1", "0001-01-01T00:00:00+14:00~1"],
)  # fmt: skip
@pytest.mark.parametrize("sort", ["", "orders", "-revenue", "customer_id"])
def test_a_place_that_is_none_is_harmless(people, editor, place, sort):
    assert editor.get(address(), {"after": place, "sort": sort}).status_code == 200


def test_by_revenue_are_those_with_orders_in_the_chosen_currency(people, editor):
    page = editor.get(address(), {"sort": "-revenue", "currency": "EUR"})
    assert shown(page) == ["D-3", "C-2"]
    assert "900.00" in page.content.decode()
    assert "by revenue, with orders in EUR" in page.content.decode()


def test_a_count_above_the_most_reads_as_more(brand, editor, monkeypatch):
    monkeypatch.setattr(paging, "COUNTED", 30)
    monkeypatch.setattr("tracking.customers.pages.COUNTED", 30)
    for number in range(31):
        make_customer(program=brand, customer_id=f"C-{number}")
    assert "30+ customers" in editor.get(address(), {"page_size": 25}).content.decode()


def test_the_queries_do_not_grow_with_the_customers(people, kettle, editor, django_assert_num_queries):
    for number in range(40):
        person(people, f"E-{number}", tags=["VIP"], revenue={"GBP": 1}, day=1, partner_ids=[kettle.pk])
    for size in (25, 50):
        with django_assert_num_queries(14):
            assert len(shown(editor.get(address(), {"page_size": size}))) == min(size, 44)


def test_of_many_tags_a_row_shows_the_first_and_how_many_more(brand, editor):
    person(brand, "C-9", tags=[f"T-{number}" for number in range(8)])
    page = editor.get(address()).content.decode()
    assert "T-4" in page
    assert "T-5" not in page
    assert "and 3 more" in page


def test_the_first_click_on_a_head_puts_the_largest_first(people, editor):
    page = editor.get(address(), {"sort": "customer_id"}).content.decode()
    for sort in ("orders", "revenue", "last_order"):
        assert f'href="?sort=-{sort}"' in page


def test_columns_are_chosen_in_the_address_and_remembered(people, editor):
    page = editor.get(address(), {"show": ["city", "country"]})
    assert [column.key for column in page.context["columns"]] == ["country", "city"]
    assert [column.key for column in editor.get(address()).context["columns"]] == ["country", "city"]
    editor.cookies.clear()


def test_a_segment_keeps_filters_order_and_columns_under_a_name(people, editor):
    kept = f"tag={numbered('VIP')}&sort=orders&show=city"
    sent = {"name": " The  few ", "query": kept + "&page_size=25&after=1~2&q="}
    answer = editor.post(reverse("tracking:customer_segment_create", args=[1000]), sent)
    segment = CustomerSegment.objects.get(program=people)
    assert (segment.name, segment.query) == ("The few", kept)
    assert answer["Location"] == f"{address()}?{kept}"
    page = editor.get(answer["Location"])
    assert page.context["segment"] == segment
    assert "customer_columns" not in page.cookies, "a segment's columns are its own"
    again = editor.post(
        reverse("tracking:customer_segment_create", args=[1000]), sent | {"name": "the FEW"}, follow=True
    )
    assert "already exists" in again.content.decode()
    rename = reverse("tracking:customer_segment_rename", args=[1000, segment.pk])
    assert rename in page.content.decode(), "where it is shown it can be renamed"
    answer = editor.post(rename, {"name": " THE few  people "})
    segment.refresh_from_db()
    assert (segment.name, segment.query, answer["Location"]) == ("THE few people", kept, f"{address()}?{kept}")
    editor.post(reverse("tracking:customer_segment_create", args=[1000]), {"name": "Cities", "query": "q=a"})
    for name, why in (("cities", "already exists"), ("", "Enter a name"), ("x" * 81, "at most 80")):
        assert why in editor.post(rename, {"name": name}, follow=True).content.decode()
    segment.refresh_from_db()
    assert segment.name == "THE few people"
    CustomerSegment.objects.get(name="Cities").delete()
    editor.post(reverse("tracking:customer_segment_delete", args=[1000, segment.pk]))
    assert not CustomerSegment.objects.exists()


@pytest.mark.parametrize(
    ("name", "query"), [("", "q=a"), ("x" * 81, "q=a"), ("Empty", ""), ("Bad", "tag=99"), ("Long", "q=" + "a" * 2500)]
)
def test_a_segment_that_says_nothing_is_refused(people, editor, name, query):
    sent = {"name": name, "query": query}
    page = editor.post(reverse("tracking:customer_segment_create", args=[1000]), sent, follow=True)
    assert "No segment was saved" in page.content.decode()
    assert not CustomerSegment.objects.exists()


def test_each_chip_leads_to_the_list_without_it(people, kettle, editor):
    query = (
        f"tag={numbered('VIP')}&tag_none={numbered('Press')}&country=FR&first_from=2026-03-01&revenue_from=1&after=x~1"
    )
    chips = editor.get(f"{address()}?{query}").context["chips"]
    assert len(chips) == 5
    asked = parse_qs(query)
    for chip in chips:
        left = parse_qs(urlsplit(chip.remove).query)
        assert len(left) == len(asked) - 2, "without the filter and without the place"


def test_empty_lists_say_what_comes_next(brand, editor):
    assert "No customer yet" in editor.get(address()).content.decode()
    assert "No customers match these filters" in editor.get(address(), {"q": "x"}).content.decode()
    make_customer(program=brand)
    assert "No customers match these filters" in editor.get(address(), {"q": "xyz"}).content.decode()


def test_the_filters_say_what_is_chosen(people, editor):
    page = editor.get(address(), {"status": ["New", "Existing"], "revenue_from": "1000"}).content.decode()
    assert "Revenue <b>£1,000 or more</b>" in page
    assert 'placeholder="New, Existing, or another"' in page
    page = editor.get(address(), {"revenue_to": "9.50", "first_from": "2026-03-01"}).content.decode()
    assert "Revenue <b>£9.50 or less</b>" in page
    assert "First order <b>from 1 Mar 2026</b>" in page
    assert 'aria-label="First order to" name="first_to"' in " ".join(page.split()).replace('id="filter-first_to" ', "")
