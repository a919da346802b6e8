"""What is paid by customer tags, over all terms: groups, adjustments and restrictions, in force and drafted."""

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.drafts.documents import LISTS, value_of, version_terms
from contracts.engine.document.terms import RANKED
from contracts.engine.explain.words import RowWords
from contracts.models import EventPayout, PayoutGroup, TemplateTerms
from contracts.sections.panels import PAGE
from program.models import EventType, Program

from .renamed import TAG, terms_with_present_names
from .terms_using import drafted_rows, versions_in_force


@dataclass(frozen=True, slots=True)
class TagPayout:
    """A row of terms whose rules ask for customer tags: of their version of that number, or of the draft alone."""

    terms: TemplateTerms
    event_type: str
    noun: str
    words: RowWords
    version: int | None
    event_payout: int | None = None  # of the draft


type Place = tuple[int, str, str, RowWords]  # terms, event type code, section, words


def tag_payouts(program: Program) -> list[TagPayout]:
    """Every payout by tag, by terms; a row of a draft is listed once where it says what a version in force says."""
    found: dict[Place, TagPayout] = {}
    for place, payout in (*_published(program), *_drafted(program)):
        found.setdefault(place, payout)
    order = sorted(found.items(), key=lambda item: (item[1].terms.name, item[1].terms.pk, item[1].version is None))
    return [payout for _, payout in order]


def group_in_words(template_terms: TemplateTerms, pk: int) -> str:
    """What a payout group of the draft pays, and for which orders; empty where it has none of that number."""
    groups = PayoutGroup.objects.filter(program=template_terms.program_id, event_payout__template_terms=template_terms)
    row = groups.select_related("event_payout").filter(pk=pk).first()
    if row is None:
        return ""
    about = RANKED["payout_groups"]
    words = about.row_words(value_of(row), row.rank, row.event_payout.payout_level, template_terms.currency, PAGE)
    return f"{words.effect} where {words.condition}"


def _published(program: Program) -> Iterator[tuple[Place, TagPayout]]:
    names = dict(EventType.objects.filter(program=program).values_list("code", "name"))
    for version in versions_in_force(program, (TAG,)):
        template_terms = version.template_terms
        terms = terms_with_present_names(program.pk, version_terms(version.pk))
        for payout in terms.event_payouts:
            code, level = payout.event_type_code, payout.payout_level
            for section, about in RANKED.items():
                for rank, row in about.numbered(getattr(payout, section)):
                    if any(rule.variable == TAG for rule in row.rules):
                        words = about.row_words(row, rank, level, terms.currency, PAGE)
                        found = TagPayout(template_terms, names.get(code, code), about.noun, words, version.number)
                        yield (template_terms.pk, code, section, words), found


def _drafted(program: Program) -> Iterator[tuple[Place, TagPayout]]:
    for section, kind in LISTS.items():
        about = RANKED[section]
        for row in drafted_rows(program, kind, (TAG,)):
            event_payout: EventPayout = row.event_payout
            if not (row.is_active and event_payout.is_on(section)):
                continue
            terms, event_type = event_payout.template_terms, event_payout.event_type
            words = about.row_words(value_of(row), row.rank, event_payout.payout_level, terms.currency, PAGE)
            found = TagPayout(terms, event_type.name, about.noun, words, None, event_payout.pk)
            yield (terms.pk, event_type.code, section, words), found
