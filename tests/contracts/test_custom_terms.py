"""Custom terms: written in versions, attached to drafts, frozen by publishing, shown as Markdown without HTML."""

import pytest

from common.refusals import Refused
from contracts.custom_terms.markdown import rendered
from contracts.custom_terms.services import (
    add_custom_terms,
    as_special_terms,
    change_custom_terms,
    delete_custom_terms,
    newest_version,
)
from contracts.drafts.documents import draft_document, section_value
from contracts.drafts.sections import set_terms_sections
from contracts.engine.document.whole_terms.custom_terms import TYPES, SpecialTerms
from contracts.models import CustomTerms, CustomTermsVersion, TemplateTerms
from contracts.publishing.services import publish_document, publish_draft
from contracts.sections.registry import TERMS_PANELS
from tests.contracts.addresses import url
from tests.factories import terms_document

SEARCH = {"name": "Paid search", "type": "PAID_SEARCH", "content": "No bidding on **our** name."}


@pytest.fixture
def text(brand):
    return add_custom_terms(program=brand, **SEARCH)


@pytest.fixture
def draft(event_payout):
    return event_payout.template_terms


def attach(draft, *texts):
    wanted = tuple(as_special_terms(newest_version(text)) for text in texts)
    return set_terms_sections(template_terms=draft, values={"special_terms": wanted})


def test_a_text_is_written_and_changed_in_versions(brand, editor, alice):
    answer = editor.post(url("custom_terms_create"), SEARCH)
    text = CustomTerms.objects.get()
    assert answer.url == url("custom_terms_edit", text.pk)
    page = editor.get(answer.url)
    assert "No bidding on <strong>our</strong> name." in page.content.decode()
    sent = {"type": "PAID_SEARCH", "content": "No bidding at all."}
    assert editor.post(answer.url, sent).status_code == 302
    assert [(each.number, each.created_by) for each in text.versions.all()] == [(2, alice), (1, alice)]
    editor.post(answer.url, sent)
    assert text.versions.count() == 2, "what says the same makes no version"
    earlier = editor.get(answer.url + "?version=1").content.decode()
    assert "<strong>our</strong>" in earlier


def test_what_is_attached_is_frozen_with_the_version_that_was_chosen(draft, text, editor):
    panel = TERMS_PANELS["texts"]
    assert "Paid search, version 1" in editor.get(url("terms_edit", draft.pk)).content.decode()
    assert (
        editor.post(url("terms_section_save", draft.pk, panel), {"custom_terms": ["1 Paid search"]}).status_code == 302
    )
    change_custom_terms(custom_terms=text, type="PAID_SEARCH", content="Changed.")
    draft.refresh_from_db()
    document = publish_draft(template_terms=draft).version.document
    assert document["SpecialTermsList"] == [
        {"Name": "Paid search", "Type": "PAID_SEARCH", "Content": SEARCH["content"], "Version": 1}
    ]
    page = editor.get(url("terms_edit", draft.pk)).content.decode()
    assert "Paid search, version 2, newer" in page
    both = editor.post(url("terms_section_save", draft.pk, panel), {"custom_terms": ["1 Paid search", "2 Paid search"]})
    assert both.status_code == 422
    assert "Choose one version of Paid search." in both.content.decode()
    editor.post(url("terms_section_save", draft.pk, panel), {"custom_terms": ["2 Paid search"]})
    draft = TemplateTerms.objects.get(pk=draft.pk)
    assert draft_document(draft)["SpecialTermsList"][0]["Content"] == "Changed."
    review = editor.get(url("terms_publish", draft.pk)).content.decode()
    assert "Custom terms, Paid search" in review
    assert "version 2: Changed." in review


def test_the_version_s_page_shows_the_text(draft, text, editor):
    attach(draft, text)
    version = publish_draft(template_terms=draft).version
    delete_from(draft)
    page = editor.get(url("version_detail", version.pk)).content.decode()
    assert "No bidding on <strong>our</strong> name." in page


def delete_from(draft):
    set_terms_sections(template_terms=draft, values={"special_terms": ()})


def test_a_text_is_not_deleted_while_a_draft_has_it(draft, text, editor):
    attach(draft, text)
    with pytest.raises(Refused, match="attached to the draft of Standard"):
        delete_custom_terms(custom_terms=text)
    assert "Standard</a>, version 1" in editor.get(url("custom_terms_edit", text.pk)).content.decode()
    editor.post(url("custom_terms_delete", text.pk))
    assert CustomTerms.objects.exists()
    delete_from(draft)
    assert editor.post(url("custom_terms_delete", text.pk)).url == url("custom_terms_list")
    assert not CustomTerms.objects.exists()


def test_a_text_that_was_deleted_meanwhile_is_not_attached(draft, text):
    wanted = as_special_terms(newest_version(text))
    delete_custom_terms(custom_terms=text)
    with pytest.raises(Refused, match="was deleted or changed meanwhile"):
        set_terms_sections(template_terms=draft, values={"special_terms": (wanted,)})


def test_a_text_that_a_document_brought_stays_attached(brand, sale, editor):
    document = terms_document() | {"SpecialTermsList": [{"Name": "SEO", "Type": "SEO", "Content": "No doorway pages."}]}
    terms = publish_document(program=brand, document=document).version.template_terms
    sent = {"custom_terms": ["0 SEO"]}
    assert editor.post(url("terms_section_save", terms.pk, TERMS_PANELS["texts"]), sent).status_code == 302
    assert section_value(TemplateTerms.objects.get(), "special_terms") == (
        SpecialTerms("SEO", "No doorway pages.", "SEO"),
    )


def test_names_are_taken_once_in_any_case(brand, text):
    with pytest.raises(Refused, match="already exists"):
        add_custom_terms(program=brand, **SEARCH | {"name": "paid  SEARCH"})


def test_a_change_of_an_earlier_state_is_a_conflict(text, editor):
    page = url("custom_terms_edit", text.pk)
    seen = editor.get(page).context["form"].opened_with
    change_custom_terms(custom_terms=text, type="SEO", content="Other.")
    answer = editor.post(page, {"type": "PAID_SEARCH", "content": "Mine.", "opened_with": seen})
    assert answer.status_code == 409
    assert text.versions.count() == 2


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a <img src=x onerror=alert(1)> b", "<p>a &lt;img src=x onerror=alert(1)&gt; b</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](JaVaScRiPt:alert(1))", "<p>[x](JaVaScRiPt:alert(1))</p>"),
        ("[x](data:text/html;base64,AAAA)", "<p>[x](data:text/html;base64,AAAA)</p>"),
        ("[x](//evil.example)", "<p>[x](//evil.example)</p>"),
        ("<javascript:alert(1)>", "<p>&lt;javascript:alert(1)&gt;</p>"),
        ("![pixel](https://evil.example/p.gif)", 'src="'),
        ('[x](https://shop.example "a\\"b")', 'rel="noopener noreferrer nofollow"'),
        ("# Rules", "<h3>Rules</h3>"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| 1 | 2 |"),
        ("`<b>`", "<code>&lt;b&gt;</code>"),
        ("```\n<b>\n```", "<code>&lt;b&gt;\n</code>"),
        ("&lt;script&gt;", "<p>&lt;script&gt;</p>"),
    ],
)
def test_markdown_is_rendered_and_html_is_not(typed, shown):
    html = rendered(typed)
    if shown == 'src="':
        assert "<img" not in html
    else:
        assert shown in html
    assert "<script" not in html
    assert 'href="javascript' not in html.lower()


def test_the_preview_says_what_was_typed(brand, viewer, editor):
    answer = editor.post(url("custom_terms_preview"), {"content": "*new*"})
    assert answer.content.decode().strip() == '<div class="prose" id="text-preview"><p><em>new</em></p>\n</div>'


def test_viewers_read_and_others_find_nothing(brand, text, viewer, charlie, client_of):
    for name, args in [("custom_terms_list", []), ("custom_terms_edit", [text.pk])]:
        assert viewer.get(url(name, *args)).status_code == 200
        assert client_of(charlie).get(url(name, *args)).status_code == 404
    for name, args in [
        ("custom_terms_create", []),
        ("custom_terms_edit", [text.pk]),
        ("custom_terms_delete", [text.pk]),
    ]:
        assert viewer.post(url(name, *args), SEARCH).status_code == 403
        assert client_of(charlie).post(url(name, *args), SEARCH).status_code == 404


@pytest.mark.parametrize("count", [2, 12])
def test_the_pages_take_as_many_queries_for_two_texts_as_for_twelve(
    brand, draft, editor, count, django_assert_num_queries
):
    texts = [add_custom_terms(program=brand, **SEARCH | {"name": f"Text {number}"}) for number in range(count)]
    attach(draft, *texts)
    editor.get(url("custom_terms_list"))
    with django_assert_num_queries(8):
        editor.get(url("custom_terms_list"))
    with django_assert_num_queries(9):
        editor.get(url("custom_terms_edit", texts[0].pk))


def test_the_types_of_texts_are_those_of_the_document():
    assert dict(CustomTermsVersion.Type.choices) == TYPES
