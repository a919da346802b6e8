"""Template terms by name or label, for search and to choose from."""

from urllib.parse import urlencode

from django.urls import reverse

from contracts.models import TemplateTerms
from program.choices.kinds import MOST as CHOICES
from program.choices.kinds import Choice
from program.models import Program
from program.search.sources import MOST, Found, Hit, with_more


def template_terms(program: Program, text: str) -> Found:
    rows = TemplateTerms.objects.filter(program=program).search(text).order_by("name", "pk")[: MOST + 1]
    hits = [
        Hit(
            row.name,
            reverse("contracts:terms_edit", args=[program.pk, row.pk]),
            detail=", ".join(row.labels),
            icon="terms",
            is_exact=row.name.casefold() == text.casefold(),
        )
        for row in rows
    ]
    hits.sort(key=lambda hit: not hit.is_exact)
    return with_more(
        "Template Terms", hits, f"{reverse('contracts:terms_list', args=[program.pk])}?{urlencode({'q': text})}"
    )


def terms_to_choose(program: Program, text: str, start: int) -> list[Choice]:
    rows = TemplateTerms.objects.filter(program=program).search(text).order_by("name", "pk")
    return [Choice(str(row.pk), row.name, ", ".join(row.labels)) for row in rows[start : start + CHOICES + 1]]
