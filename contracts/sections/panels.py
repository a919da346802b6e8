"""Sections without rows on the page of a draft: each has a form, and a panel is what one button saves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from django.forms import BoundField, Form
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from common.web.edit_forms import EditForm
from contracts.account_rules.checks import fixed_value, lock_in_words, locks_on
from contracts.account_rules.settings import Setting
from contracts.drafts.documents import section_value
from contracts.drafts.sections import section_values
from contracts.engine.document.sections.section import SingleSection
from contracts.engine.document.terms import OF_TERMS, SENTENCES
from contracts.engine.explain.words import Spelling
from contracts.models import AccountRule, EventPayout, Sectioned, TemplateTerms
from program.templatetags.brandboard import control, day, icon, money, number

PAGE = Spelling(number, money, day)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a section says in the summary of a draft: `figures` with what earns them, and a sentence.

    `more` counts the figures that are not shown; those of the `rest` are said after all others.
    """

    figures: Sequence[tuple[str, str]] = ()
    more: int = 0
    rest: tuple[str, str] | None = None
    sentence: str = ""


def sentence_of(value: Any, section: SingleSection[Any], currency: str) -> Summary:
    """What most sections without rows say: their words."""
    return Summary(sentence=section.words(value, currency, PAGE))


@dataclass(frozen=True, slots=True)
class FormSection:
    """A section as a form. `section` is its name in the engine, `slug` its id on the page.

    `fields` says which field an error's path belongs to. `initial` are the fields of the engine's value, `value` reads
    it from what was typed. `switch` is the field that switches it, and `sentences`, each a line, have a place for each
    of the others. `offer` gives the form the choices that this draft has.
    """

    section: str
    slug: str
    form: type[Form]
    fields: Mapping[str, str]
    initial: Callable[[Any], dict[str, Any]]
    value: Callable[[Mapping[str, Any]], Any]
    switch: str = ""
    switch_label: str = ""
    help: str = ""
    sentences: tuple[str, ...] = ()
    summarized: Callable[[Any, SingleSection[Any], str], Summary] = sentence_of
    offer: Callable[[Form, Any], None] | None = None

    @property
    def title(self) -> str:
        return SENTENCES[self.section].name

    @property
    def noun(self) -> str:
        return self.title.lower()

    def stored(self, owner: Sectioned) -> dict[str, Any]:
        """What the form holds of the draft; of a section that it does not have, what is offered."""
        value = section_value(owner, self.section)
        engine = SENTENCES[self.section]
        fields = self.initial(engine.offered if value == engine.absent else value)
        return {self.switch: owner.is_on(self.section), **fields} if self.switch else fields

    def agreed(self, owner: Sectioned) -> Any:
        """What would be published of the draft."""
        is_on = owner.is_on(self.section)
        return section_value(owner, self.section) if is_on else SENTENCES[self.section].absent

    def summary(self, owner: EventPayout | TemplateTerms) -> Summary:
        """What the summary of the draft says of it; amounts are in the terms' currency."""
        return self.summarized(self.agreed(owner), SENTENCES[self.section], owner.currency)

    def is_on(self, data: Mapping[str, Any]) -> bool:
        """Whether it is switched on in what was typed."""
        return bool(data[self.switch]) if self.switch else True


@dataclass(frozen=True, slots=True)
class Preview:
    """What a panel shows while its fields are typed, in the element of that id: a template, and its `preview`."""

    id: str
    template: str
    context: Callable[[EventPayout, Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Panel:
    """Sections that are saved by one button, all or none."""

    slug: str
    title: str
    sections: tuple[FormSection, ...]
    save: str
    saved: str
    template: str = "contracts/_panel.html"
    auto_id: str = "id_%s"
    preview: Preview | None = None

    def __str__(self) -> str:
        return self.slug

    @property
    def anchor(self) -> str:
        return self.sections[0].slug

    @property
    def is_of_terms(self) -> bool:
        """Whether its sections belong to the terms as a whole; the others to one event payout."""
        return self.names[0] in OF_TERMS

    @property
    def names(self) -> list[str]:
        """Its sections by their names in the engine."""
        return [section.section for section in self.sections]

    @property
    def fields(self) -> dict[str, str]:
        """The field that an error's path belongs to."""
        return {path: name for section in self.sections for path, name in section.fields.items()}

    def form(self, owner: Sectioned, data: Any = None) -> EditForm:
        """The fields of all its sections as one form."""
        kind = type("PanelForm", (*(section.form for section in reversed(self.sections)), EditForm), {})
        form: EditForm = kind(data, auto_id=self.auto_id, initial=self.initial(owner))
        for section in self.sections:
            if section.offer:
                section.offer(form, owner)
        for setting, rule in self.locks(owner):
            if setting.is_shown_fixed and (fixed := fixed_value(setting, rule)) is not None:
                form.fields[setting.field].disabled = True
                form.initial[setting.field] = fixed
        form.stored = self.stored(owner)
        return form

    def locks(self, owner: Any) -> list[tuple[Setting, AccountRule]]:
        """The account rules on its sections."""
        program = owner.program if self.is_of_terms else owner.template_terms.program
        return locks_on(program, self.names)

    def initial(self, owner: Sectioned) -> dict[str, Any]:
        """What the form holds of the draft."""
        return {name: value for section in self.sections for name, value in section.stored(owner).items()}

    def stored(self, owner: Sectioned) -> dict[str, Any]:
        """The values of which the form keeps the fingerprint."""
        return section_values(owner, self.names)

    def values(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """What was typed, as the engine's values by section."""
        return {section.section: section.value(data) for section in self.sections}

    def switches(self, data: Mapping[str, Any]) -> dict[str, bool]:
        """Which sections were switched on or off, by name."""
        return {section.section: section.is_on(data) for section in self.sections}

    def wanted(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """What would be published of what was typed: nothing of a section that is switched off."""
        on, values = self.switches(data), self.values(data)
        return {name: value if on[name] else SENTENCES[name].absent for name, value in values.items()}

    def agreed(self, owner: Sectioned) -> dict[str, Any]:
        """What would be published of the draft."""
        return {section.section: section.agreed(owner) for section in self.sections}

    def part(self, owner: Any, form: EditForm) -> "PanelPart":
        """What the page of a draft shows of it."""
        context = self.preview.context(owner, self.agreed(owner)) if self.preview else {}
        view = "contracts:terms_section_save" if self.is_of_terms else "contracts:section_save"
        locks = [(setting.section, lock_in_words(setting, rule)) for setting, rule in self.locks(owner)]
        return PanelPart(self, form, context, reverse(view, args=[owner.program_id, owner.pk, self]), locks)


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section of a panel with its fields as they stand."""

    section: FormSection
    form: Form
    locks: Sequence[str] = ()

    @property
    def switch(self) -> BoundField:
        return self.form[self.section.switch]

    @property
    def lines(self) -> list["Line"]:
        """Each sentence with the fields in their places."""
        return [self._line(sentence) for sentence in self.section.sentences]

    def _line(self, sentence: str) -> "Line":
        fields = [self.form[name] for _, name, _, _ in Formatter().parse(sentence) if name]
        problems = [f"{each.label}: {error}" for each in fields for error in each.errors]
        return Line(format_html(sentence, **{each.name: _control(each) for each in fields}), problems)


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with its fields, and what is wrong with them."""

    sentence: SafeString
    problems: list[str]


@dataclass(frozen=True, slots=True)
class PanelPart:
    """A panel on the page of a draft, with its form and what its preview says."""

    panel: Panel
    form: EditForm
    preview: dict[str, Any]
    save_url: str
    locks: Sequence[tuple[str, str]] = ()

    @property
    def template(self) -> str:
        return self.panel.template

    @property
    def sections(self) -> list[ShownSection]:
        return [
            ShownSection(section, self.form, [words for name, words in self.locks if name == section.section])
            for section in self.panel.sections
        ]


def _control(field: BoundField) -> SafeString:
    """A field inside a sentence; a choice with the arrow that shows that it opens, a switch with its label."""
    if field.widget_type == "checkboxselectmultiple":
        return _chips(field)
    if field.widget_type == "checkbox":
        return format_html('<label class="toggle">{}{}</label>', control(field, "switch"), field.label)
    if hasattr(field.field, "choices"):
        return format_html('<span class="select">{}{}</span>', control(field, "spoken"), icon("down"))
    return control(field, "spoken")


def _chips(field: BoundField) -> SafeString:
    """Each choice as a chip that is on or off."""
    chips = [(option.tag(), option.choice_label) for option in field]
    if not chips:
        return format_html('<span class="muted">{}</span>', "None yet.")
    inside = format_html_join("", '<label class="chip chip-choice">{}{}</label>', chips)
    return format_html('<span class="row chips" role="group" aria-label="{}">{}</span>', field.label, inside)
