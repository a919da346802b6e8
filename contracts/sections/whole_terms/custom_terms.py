"""Custom terms on the page of a draft: chips of the texts that the program keeps, each with its version."""

from collections.abc import Mapping
from typing import Any

from django import forms

from common.web.field_messages import Worded
from contracts.custom_terms.services import as_special_terms, newest_versions
from contracts.drafts.documents import section_value
from contracts.engine.document.whole_terms.custom_terms import SpecialTerms, SpecialTermsList
from contracts.models import TemplateTerms
from contracts.sections.panels import FormSection, Panel


class CustomTermsForm(Worded):
    custom_terms = forms.TypedMultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Custom terms"
    )

    def clean_custom_terms(self) -> list[SpecialTerms]:
        chosen: list[SpecialTerms] = self.cleaned_data["custom_terms"]
        names = [each.name for each in chosen]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise forms.ValidationError(f"Choose one version of {twice}.")
        return chosen


def key_of(text: SpecialTerms) -> str:
    """The value of its chip."""
    return f"{text.version or 0} {text.name}"


def offer(form: forms.Form, template_terms: TemplateTerms) -> None:
    """The texts that the draft has, and the newest version of each that the program keeps."""
    attached = section_value(template_terms, "special_terms")
    texts = {key_of(text): text for text in attached}
    newest = [as_special_terms(version) for version in newest_versions(template_terms.program_id)]
    texts |= {key_of(text): text for text in newest if key_of(text) not in texts}
    current = {text.name for text in attached}
    field: Any = form.fields["custom_terms"]
    field.choices = [
        (key, text.title + (", newer" if text not in attached and text.name in current else ""))
        for key, text in sorted(texts.items(), key=lambda each: (each[1].name.casefold(), each[1].version or 0))
    ]
    field.coerce = texts.__getitem__


def read(data: Mapping[str, Any]) -> SpecialTermsList:
    return tuple(data["custom_terms"])


def initial(value: SpecialTermsList) -> dict[str, Any]:
    return {"custom_terms": [key_of(text) for text in value]}


CUSTOM_TERMS = FormSection(
    section="special_terms",
    slug="custom-terms",
    form=CustomTermsForm,
    fields={"SpecialTermsList": "custom_terms"},
    initial=initial,
    value=read,
    offer=offer,
    help="Texts from Contracts, Custom terms. Publishing freezes each as it stands in the version chosen here.",
    sentences=("{custom_terms}",),
)
CUSTOM_TERMS_PANEL = Panel(
    slug="texts",
    title="Custom terms",
    sections=(CUSTOM_TERMS,),
    saved="Custom terms are saved in the draft.",
)
