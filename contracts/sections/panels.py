"""Sections without rows on the page of a draft: each has a form, and a panel is what one button saves."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from string import Formatter
from typing import Any

from django.forms import BoundField, Form
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.web.edit_forms import EditForm
from contracts.account_rules.checks import breaches, fixed_value, lock_in_words, locks_on
from contracts.account_rules.settings import Setting
from contracts.drafts.documents import section_value
from contracts.drafts.sections import section_values
from contracts.engine.document.sections.section import SingleSection
from contracts.engine.document.terms import OF_TERMS, SENTENCES
from contracts.engine.explain.words import Spelling
from contracts.models import AccountRule, EventPayout, Sectioned, TemplateTerms
from program.templatetags.brandboard import day, money, number

from .controls import in_sentence

PAGE = Spelling(number, money, day)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a section says in the summary of a draft: `figures` with what earns them, and a sentence.

    `more` counts the figures that are not shown; those of the `rest` are said after all others. `line` is what its row
    says while it is closed.
    """

    figures: Sequence[tuple[str, str]] = ()
    more: int = 0
    rest: tuple[str, str] | None = None
    sentence: str = ""
    line: str = ""


def sentence_of(value: Any, section: SingleSection[Any], currency: str) -> Summary:
    """What most sections without rows say: their words."""
    words = section.words(value, currency, PAGE)
    return Summary(sentence=words, line=section.short(value, currency, PAGE))


def worded(line: Callable[[Any], str]) -> Callable[[Any, SingleSection[Any], str], Summary]:
    """The summary of a section whose words are too long for its closed row."""

    def summarized(value: Any, section: SingleSection[Any], currency: str) -> Summary:
        return replace(sentence_of(value, section, currency), line=line(value))

    return summarized


@dataclass(frozen=True, slots=True)
class FormSection:
    """A section as a form. `section` is its name in the engine, `slug` its id on the page.

    `fields` says which field an error's path belongs to, or `paths` where the form's rows decide that. `initial` are
    the fields of the engine's value, `value` reads it from what was typed. `switch` is the field that switches it, and
    `sentences`, each a line, have a place for each of the others. `offer` gives the form the choices that this draft
    has.
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
    paths: Callable[[Any], Mapping[str, str]] | None = None

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
    """What a panel shows of what its fields come to, in the element of that id: a template, and its `preview`."""

    id: str
    template: str
    context: Callable[[EventPayout, Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Panel:
    """Sections that are saved together, all or none; `saved` is what the page says then."""

    slug: str
    title: str
    sections: tuple[FormSection, ...]
    saved: str
    body: str = "contracts/_panel_body.html"
    auto_id: str = "id_%s"
    preview: Preview | None = None
    is_open: bool = False

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

    def fields(self, form: Form) -> dict[str, str]:
        """The field of the form that an error's path belongs to."""
        found: dict[str, str] = {}
        for section in self.sections:
            found |= section.paths(form) if section.paths else section.fields
        return found

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

    def agreed(self, owner: Sectioned) -> dict[str, Any]:
        """What would be published of the draft."""
        return {section.section: section.agreed(owner) for section in self.sections}

    def part(self, owner: Any, form: EditForm, said: Sequence[Summary] = ()) -> "PanelPart":
        """What the page of a draft shows of it; `said` are the summaries of its sections."""
        context = self.preview.context(owner, self.agreed(owner)) if self.preview else {}
        view = "contracts:terms_section_save" if self.is_of_terms else "contracts:section_save"
        rules = self.locks(owner)
        locks = [(setting.section, lock_in_words(setting, rule)) for setting, rule in rules]
        address = reverse(view, args=[owner.program_id, owner.pk, self])
        broken, doubts = self._broken(owner, form, rules), self.doubts(owner)
        return PanelPart(self, form, context, address, line_of(said), locks, broken, doubts)

    def _broken(self, owner: Sectioned, form: Form, rules: Iterable[tuple[Setting, AccountRule]]) -> "BrokenRules":
        """What the draft, as it is stored, breaks of these rules."""
        by_setting = {setting.key: rule for setting, rule in rules}
        if not by_setting:
            return BrokenRules()
        agreed = self.agreed(owner).items()
        found = [(name, each) for name, value in agreed for each in breaches(by_setting, name, value)]
        is_shown = all(owner.is_on(name) and form.fields[each.setting.field].disabled for name, each in found)
        return BrokenRules([each.words for _, each in found], is_shown)

    def doubts(self, owner: Sectioned) -> list[str]:
        """What can be published of the draft but is worth a second look."""
        agreed = self.agreed(owner)
        return [doubt for name, value in agreed.items() for _, doubt in SENTENCES[name].doubts(value)]


def line_of(said: Iterable[Summary]) -> str:
    """What the closed row of these sections says."""
    return " · ".join(each.line or "off" for each in said)


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
    def lines(self) -> list[SafeString]:
        """Each sentence with the fields in their places."""
        return [self._line(sentence) for sentence in self.section.sentences]

    def _line(self, sentence: str) -> SafeString:
        fields = [self.form[name] for _, name, _, _ in Formatter().parse(sentence) if name]
        return format_html(sentence, **{each.name: in_sentence(each) for each in fields})


@dataclass(frozen=True, slots=True)
class BrokenRules:
    """What a draft breaks of the account rules; whether saving its form as it is shown would keep to them: a locked
    field shows the one value that a rule leaves.
    """

    words: Sequence[str] = ()
    is_mended_by_saving: bool = False


@dataclass(frozen=True, slots=True)
class PanelPart:
    """A panel on the page of a draft, with its form and what its preview says."""

    panel: Panel
    form: EditForm
    preview: dict[str, Any]
    save_url: str
    line: str = ""
    locks: Sequence[tuple[str, str]] = ()
    broken: BrokenRules = BrokenRules()
    doubts: Sequence[str] = ()

    @property
    def slug(self) -> str:
        """The id of its row."""
        return self.panel.slug

    @property
    def title(self) -> str:
        return self.panel.title

    @property
    def is_open(self) -> bool:
        """Whether the page opens it: what everybody looks for, and what was not saved."""
        return self.panel.is_open or bool(self.form.errors) or self.form.is_stale

    @property
    def switch(self) -> "ShownSection | None":
        """The section that the row's switch is of, where it holds one section alone."""
        shown = self.sections
        return shown[0] if len(shown) == 1 and shown[0].section.switch else None

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What is wrong with what was typed: the field's name, and a sentence."""
        found = ((field, str(error).removesuffix(".")) for field in self.form for error in field.errors)
        return [(field.html_name, f"{field.label}: {error}.") for field, error in found]

    @property
    def template(self) -> str:
        return "contracts/_panel.html"

    @property
    def sections(self) -> list[ShownSection]:
        return [
            ShownSection(section, self.form, [words for name, words in self.locks if name == section.section])
            for section in self.panel.sections
        ]
