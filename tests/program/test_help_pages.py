"""Help: every page of it opens, leads only to pages that there are, and is in the list beside each."""

import re

import pytest
from django.urls import reverse

from program.frame.help_topics import TOPICS
from servers.home import PROJECT

SLUGS = [topic.slug for topic in TOPICS]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_of_help_is_read_by_everybody_in_as_many_queries(slug, brand, bob, client_of, django_assert_num_queries):
    browser = client_of(bob)
    with django_assert_num_queries(5):
        page = browser.get(reverse("program:help_topic", args=[brand.pk, slug]))
    assert page.status_code == 200


def test_every_page_of_help_is_listed(brand, bob, client_of):
    page = client_of(bob).get(reverse("program:help_index", args=[brand.pk])).content.decode()
    assert all(f'href="/p/1000/help/{slug}/"' in page for slug in SLUGS)
    written = {path.stem for path in (PROJECT / "templates" / "help").glob("*.html")} - {"index", "topic"}
    assert written == set(SLUGS)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_link_in_help_leads_to_a_page(slug, brand, bob, client_of):
    browser = client_of(bob)
    page = browser.get(reverse("program:help_topic", args=[brand.pk, slug])).content.decode()
    links = set(re.findall(r'href="([^"#]+)"', page.split("<article")[1].split("</article>")[0]))
    assert {link: browser.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_another_word_is_no_page_of_help(brand, bob, client_of):
    assert client_of(bob).get("/p/1000/help/index/").status_code == 404


def test_another_brands_help_does_not_exist(brand, charlie, client_of):
    assert client_of(charlie).get("/p/1000/help/reports/").status_code == 404
