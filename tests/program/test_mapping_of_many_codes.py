"""A status of very many codes: the page names what it keeps instead of sending it, and nothing is lost by that."""

import html
import re

import pytest
from django.urls import reverse

from program.event_types.services import set_customer_status_mapping
from tests.factories import make_event_type

CODES = [f"code-{number}" for number in range(500)]
FIELD = re.compile(r'<input [^>]*?name="(category|codes|more|kept|without|opened_with|enabled|confirmed)"[^>]*>')
AREA = re.compile(r'<textarea [^>]*name="codes"[^>]*>([^<]*)</textarea>')


@pytest.fixture
def sale(brand):
    return store(make_event_type(program=brand), New=CODES[:300], Existing=CODES[300:], Staff=["crew"])


@pytest.fixture
def url(sale):
    return reverse("program:event_type_mapping", args=[1000, sale.pk])


def store(sale, **mapping):
    set_customer_status_mapping(event_type=sale, mapping=mapping, enabled=True)
    return sale


def fields(answer, **more):
    """What a browser would send of the page's form, without its button."""
    page = AREA.sub(r'<input name="codes" value="\1">', answer.content.decode())
    sent = {}
    for found in FIELD.finditer(page):
        value = re.search(r'value="([^"]*)"', found[0])
        if found[1] == "enabled" and "checked" not in found[0] and "hidden" not in found[0]:
            continue
        sent.setdefault(found[1], []).append(html.unescape(value[1]) if value else "")
    return sent | more


def typed(answer, row, text):
    """The page's form, with something typed into a row's field for more codes."""
    sent = fields(answer)
    sent["more"][row] = text
    return sent


def save(browser, url, sent):
    """Save the form, and confirm what follows from it."""
    answer = browser.post(url, sent | {"save": "1"})
    return browser.post(url, fields(answer)) if answer.status_code == 200 else answer


def stored(sale):
    sale.refresh_from_db()
    return {category: set(codes) for category, codes in sale.statuses().items()}


def test_the_page_and_what_it_sends_are_small(sale, url, alice, client_of):
    store(sale, New=[f"a {number}" for number in range(5_000)], Existing=[f"b {number}" for number in range(5_000)])
    answer = client_of(alice).get(url)
    assert len(answer.content) < 100_000
    assert len(str(fields(answer))) < 1_000


def test_saved_untouched_it_keeps_every_code(sale, url, alice, client_of):
    browser = client_of(alice)
    before = stored(sale)
    assert browser.post(url, fields(browser.get(url), save="1")).status_code == 302
    assert stored(sale) == before


def test_codes_are_added_removed_and_moved_beside_those_that_are_kept(sale, url, alice, client_of):
    browser = client_of(alice)
    page = browser.post(url, typed(browser.get(url), 0, "fresh") | {"take": "1"})
    page = browser.post(url, fields(page, drop='["New", "code-5"]'))
    page = browser.post(url, fields(page, assign='["Staff", "CODE-400"]'))
    assert len(page.content) < 100_000
    assert stored(sale)["New"] == set(CODES[:300]), "nothing is stored yet"
    assert save(browser, url, fields(page)).status_code == 302
    assert stored(sale) == {
        "New": {*CODES[:300], "fresh"} - {"code-5"},
        "Existing": set(CODES[300:]) - {"code-400"},
        "Staff": {"crew", "CODE-400"},
    }


def test_the_step_before_a_change_carries_what_is_kept(sale, url, alice, client_of):
    browser = client_of(alice)
    asked = browser.post(url, {**fields(browser.get(url), save="1"), "enabled": []})
    assert "Switch the mapping off" in asked.content.decode()
    assert len(asked.content) < 100_000
    assert browser.post(url, fields(asked, enabled=[])).status_code == 302
    sale.refresh_from_db()
    assert (sale.has_status_mapping, sale.customerstatusmapping_set.count()) == (False, 501)


def test_all_codes_of_a_status_are_asked_for_and_edited_as_text(sale, url, alice, client_of):
    browser = client_of(alice)
    page = browser.post(url, typed(browser.get(url), 1, "known") | {"open": "Existing"})
    sent = fields(page, save="1")
    assert {*sent["codes"][1].split(", ")} == {*CODES[300:], "known"}
    assert sent["kept"][0], "the other status is still kept"
    assert not sent["kept"][1]
    sent["codes"][1] = "code-300, known"
    assert save(browser, url, sent).status_code == 302
    assert stored(sale) == {"New": set(CODES[:300]), "Existing": {"code-300", "known"}, "Staff": {"crew"}}


def test_a_status_is_renamed_with_what_it_keeps(sale, url, alice, client_of):
    store(sale, Staff=CODES)
    browser = client_of(alice)
    sent = fields(browser.get(url), save="1")
    sent["category"] = ["Crew" if name == "Staff" else name for name in sent["category"]]
    assert save(browser, url, sent).status_code == 302
    assert stored(sale) == {"Crew": set(CODES)}


def test_two_rows_of_one_name_become_one_with_the_codes_of_both(sale, url, alice, client_of):
    store(sale, Crew=CODES[:100], Staff=CODES[100:300])
    browser = client_of(alice)
    sent = fields(browser.get(url), save="1")
    sent["category"] = ["Crew" if name == "Staff" else name for name in sent["category"]]
    assert save(browser, url, sent).status_code == 302
    assert stored(sale) == {"Crew": set(CODES[:300])}


def test_a_status_that_was_changed_meanwhile_is_a_conflict_and_keeps_the_change(sale, url, alice, client_of):
    browser = client_of(alice)
    sent = typed(browser.get(url), 2, "extra") | {"save": "1"}
    store(sale, New=[*CODES[:300], "theirs"], Existing=CODES[310:], Staff=["crew"])
    answer = browser.post(url, sent)
    assert answer.status_code == 409
    assert len(answer.content) < 100_000
    assert [each.label for each in answer.context["conflicts"]] == ["New", "Existing", "Re-Engaged"]
    assert answer.content.decode().count("nothing: the codes are kept as they are stored now") == 2
    assert "theirs" in stored(sale)["New"], "nothing was saved"
    assert save(browser, url, fields(answer)).status_code == 302
    assert stored(sale)["New"] == {*CODES[:300], "theirs"}
    assert stored(sale)["Existing"] == set(CODES[310:])


def test_a_confirmed_change_of_a_status_that_was_changed_meanwhile_is_a_conflict_too(sale, url, alice, client_of):
    browser = client_of(alice)
    sent = fields(browser.get(url), save="1", confirmed="1", opened_with="")
    store(sale, New=CODES[:10])
    assert browser.post(url, sent).status_code == 409
    assert stored(sale) == {"New": set(CODES[:10])}


@pytest.mark.parametrize("mark", ['["No such", "x"]', '["New", "x"]'])
def test_a_mark_that_is_not_of_the_stored_codes_is_a_conflict(mark, sale, url, alice, client_of):
    browser = client_of(alice)
    before = stored(sale)
    sent = fields(browser.get(url), save="1", confirmed="1")
    sent["kept"][0] = mark
    assert browser.post(url, sent).status_code == 409
    assert stored(sale) == before


@pytest.mark.parametrize(("name", "sent"), [("kept", "["), ("kept", '["New"]'), ("without", "a" * 140_000)])
def test_a_field_that_no_page_has_is_no_error_of_ours(name, sent, url, alice, client_of):
    browser = client_of(alice)
    form = fields(browser.get(url), take="1")
    form[name][0] = sent
    assert browser.post(url, form).status_code == 200


def test_fifty_statuses_of_many_codes_make_no_large_page(sale, url, alice, client_of):
    store(sale, **{f"Status {n}": [f"{n} {code}" for code in CODES[:200]] for n in range(50)})
    assert len(client_of(alice).get(url).content) < 150_000


def test_a_viewer_reads_all_codes_by_a_link(url, bob, client_of):
    browser = client_of(bob)
    page = browser.get(url).content.decode()
    assert 'href="?all=Existing"' in page
    assert 'name="kept"' not in page
    assert "code-499" not in page
    assert "code-499" in browser.get(f"{url}?all=Existing").content.decode()
