"""What the page of a draft shows of every setting is what the review publishes and what the version's page says."""

import re
from collections import defaultdict
from itertools import chain

import pytest

from contracts.engine.document.terms import OF_TERMS, RANKED, SECTIONS
from contracts.sections.registry import KINDS, PANELS, PARTS, TERMS_PANELS
from tests.contracts.addresses import url
from tests.contracts.draft_pages import DraftPages
from tests.contracts.typed_drafts import Draft, Rows, Said
from tests.contracts.whole_drafts import AS_OFFERED, BY_ORDER, DRAFTS, OFFERED, TEXT, document_of
from tests.flows.dashboard import words

ENGINE = SECTIONS | OF_TERMS
RESET = {"ResetAccruedActions": True}  # acts once: no later version has it
FORMS = [section for panel in chain(PANELS.values(), TERMS_PANELS.values()) for section in panel.sections]


@pytest.fixture
def pages(brand, sale, editor):
    """The pages of a draft that pays 10% of a SALE, beside a text that it can attach."""
    assert editor.post(url("custom_terms_create"), TEXT).status_code == 302
    return DraftPages(editor, sale)


@pytest.mark.parametrize("draft", DRAFTS, ids=[draft.name for draft in DRAFTS])
def test_every_setting_is_shown_published_and_shown_again_as_it_was_typed(pages, draft):
    pages.type_all(draft)
    assert_shown(pages, draft)
    assert_reviewed(pages.read(pages.review), draft)
    version = pages.publish()
    assert version.document == document_of(draft)
    assert_shown(pages, draft, is_published=True)
    assert_said(pages.read(url("version_detail", version.pk)), draft)


def test_what_is_switched_off_is_kept_and_neither_said_nor_published(pages):
    """Every row, then every list, then every section that has a switch; and on again."""
    pages.type_all(BY_ORDER)
    whole = document_of(BY_ORDER)
    lists = {slug: none_yet(kind) for slug, kind in KINDS.items()}
    pages.switch_rows(on=False)
    assert pages.publish().document == without(whole, lists=True)
    assert lines(pages, *KINDS) == lists
    pages.switch_rows(on=True)
    pages.switch_lists(on=False)
    assert pages.publish().document | RESET == without(whole, lists=True)
    assert lines(pages, *KINDS) == dict.fromkeys(KINDS, "off")
    pages.switch_lists(on=True)
    pages.switch_sections(on=False)
    assert pages.publish().document | RESET == without(
        whole, "Locking", "PayoutScheduling", "ActionLimit", "SpendLimit"
    )
    assert lines(pages, "schedule", "actions", "spending") == {
        "schedule": "never locked by date · paid on the day they lock", "actions": "any number of actions",
        "spending": "any amount",
    }  # fmt: skip
    pages.switch_sections(on=True)
    assert pages.publish().document | RESET == whole


def test_each_event_type_of_the_terms_has_settings_of_its_own(pages, lead):
    pages.type_all(BY_ORDER)
    pages.add_event_type(lead, "10")
    other = {name: said for name, said in AS_OFFERED.sections.items() if name in SECTIONS}
    pages.type_all(Draft(BY_ORDER.name, BY_ORDER.labels, BY_ORDER.currency, other))
    version = pages.publish()
    whole, [of_lead] = document_of(BY_ORDER), document_of(AS_OFFERED)["EventPayouts"]
    assert version.document == whole | {"EventPayouts": [*whole["EventPayouts"], of_lead | {"EventTypeCode": "LEAD"}]}
    shown = words(pages.read(f"{url('version_detail', version.pk)}?event=LEAD"))
    assert "Amounts in GBP · labels 2026, UK" in shown
    assert all(said.version in shown for said in other.values())


def test_every_section_of_the_registries_has_its_entry():
    """Fails for a new section until its values stand among the drafts."""
    assert set(BY_ORDER.sections) == set(ENGINE)
    assert {section.section for part in PARTS for section in part.sections} | set(OF_TERMS) == set(ENGINE)


@pytest.mark.parametrize("section", FORMS, ids=[section.slug for section in FORMS])
def test_every_field_is_typed_with_each_of_its_choices(section):
    offered, typed = defaultdict(set), defaultdict(set)
    for said in (draft.sections[section.section] for draft in DRAFTS if section.section in draft.sections):
        count(section.form({name: value for name, value in said.typed.items() if value}), said.typed, offered, typed)
    assert offered == typed


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_field_of_a_row_is_typed_with_each_of_its_choices(kind):
    offered, typed = defaultdict(set), defaultdict(set)
    for rows in (draft.sections[kind.section] for draft in DRAFTS if kind.section in draft.sections):
        for row in rows.rows:
            count(kind.form(), row.typed, offered, typed)
    assert offered == typed


@pytest.mark.parametrize("name", ENGINE)
def test_every_key_of_the_document_is_published_by_a_draft(name):
    entries = [draft.sections[name] for draft in DRAFTS if name in draft.sections]
    found = set(chain.from_iterable(entry.published for entry in entries if isinstance(entry, Said)))
    assert set(ENGINE[name].keys) <= (found if name not in RANKED else set(OFFERED))


def count(form, sent, offered, typed):
    """The choices of each field, and those that were typed; of a field without choices, whether it was typed."""
    for name, field in form.fields.items():
        key = re.sub(r"\d+", "n", name)
        choices = {value for value, _ in getattr(field, "choices", [])}
        offered[key] |= choices or {"typed"}
        if value := sent.get(name):
            typed[key].add(value if choices else "typed")


def without(document, *keys, lists=False):
    """The document without these keys, and with nothing in its lists."""
    empty = {"PayoutGroups": [], "PayoutAdjustments": [], "PayoutRestrictions": []} if lists else {}
    left = {key: value for key, value in document.items() if key not in keys}
    [payout] = document["EventPayouts"]
    return left | {"EventPayouts": [{key: value for key, value in payout.items() if key not in keys} | empty]}


def lines(pages, *slugs):
    """What the closed rows say."""
    html = pages.read(pages.draft)
    return {slug: pages.line(html, slug) for slug in slugs}


def assert_shown(pages, draft, *, is_published=False):
    """The closed rows and the open forms of the draft's page."""
    html = pages.read(pages.draft)
    head = pages.form(html, "general").fields
    assert [head[name] for name in ("name", "labels", "currency")] == [[draft.name], [draft.labels], [draft.currency]]
    for panel in chain(PANELS.values(), TERMS_PANELS.values()):
        entries = [draft.sections[name] for name in panel.names if name in draft.sections]
        fields = pages.form(html, f"{panel.slug}-form").fields
        for said in entries:
            once = is_published and said.after
            expected = {name: None if once else said.kept.get(name, value) for name, value in said.typed.items()}
            shown = {name: fields.get(name) for name in expected}
            assert shown == {name: as_sent(value) for name, value in expected.items()}, panel
        if len(entries) == len(panel.names):
            lines = [said.after if is_published and said.after else said.line for said in entries]
            assert pages.line(html, panel.slug) == " · ".join(lines)
    for slug, kind in KINDS.items():
        entry = draft.sections.get(kind.section, Rows([], none_yet(kind), ()))
        assert pages.line(html, slug) == entry.line
        rows, forms = pages.rows(html, slug), pages.row_forms(html, slug)
        assert len(rows) == len(forms) == len(entry.rows)
        for read, fields, place in zip(rows, forms, entry.ranked, strict=True):
            row = entry.rows[place]
            assert_in_order(read, row.words)
            expected = {name: row.kept.get(name, value) for name, value in row.typed.items() if name != "place"}
            assert {name: fields.get(name) for name in expected} == {
                name: as_sent(value) for name, value in expected.items()
            }
            typed = [fields.get(name, []) for name in ("variable", "operator", "values")]
            assert list(zip(*typed, strict=True)) == row.rules


def none_yet(kind):
    return f"on, but no {kind.nouns} yet"


def assert_reviewed(page, draft):
    """The review: each section in words, beside nothing that stood before."""
    said = words(page)
    for name, entry in draft.sections.items():
        if name == "special_terms":
            assert all(text["content"] in said for text in [TEXT] if entry.typed)
        elif isinstance(entry, Said):
            assert entry.version in said
        else:
            for row in entry.rows:
                assert all(word in said for word in row.words)


def assert_said(page, draft):
    """The page of the version: its name, its currency, and each section in words."""
    said = words(page)
    assert f"{draft.name}, version 1" in said
    assert f"amounts in {draft.currency}" in said
    assert f" · labels {draft.labels} " in said or not draft.labels
    for entry in draft.sections.values():
        if isinstance(entry, Said):
            assert entry.version in said
        else:
            assert_in_order(said, chain.from_iterable(entry.rows[place].words for place in entry.ranked))


def assert_in_order(text, words):
    """Each after the one before."""
    at = 0
    for each in words:
        assert each in text[at:], (each, text[at:])
        at = text.index(each, at) + len(each)


def as_sent(value):
    return value if value is None or isinstance(value, list) else [value]
