"""Fills in the page of a draft, section by section, as somebody does it."""

from collections.abc import Callable
from itertools import chain

from playwright.sync_api import Locator, Page, expect

from contracts.engine.rules.fields import VARIABLES
from contracts.sections.panels import Panel
from contracts.sections.registry import ADVANCED, PARTS, TERMS_PANELS
from tests.browser.hands import Hands
from tests.contracts.typed_drafts import Draft, Row, Rows, Said, Typed

BLANK = "CUSTOMER_STATUS"  # what a new row's rule begins with
ORDER = "form => [...new Set([...form.elements].map((each) => each.name))]"


class TermsBuilder:
    """The page of a draft, and the hands that use it."""

    def __init__(self, page: Page, hands: Hands, settled: Callable[[Page], None]) -> None:
        self.page, self.hands, self.settled = page, hands, settled

    def build(self, draft: Draft) -> None:
        """Labels, and every part of the page."""
        self.hands.press(self.page.locator(".head-edit summary"))
        self.hands.fill(self.page.locator("#general [name=labels]"), draft.labels)
        self.hands.press(self.page.get_by_role("button", name="Save name and currency"))
        expect(self.page.locator("main, #content").first).to_contain_text(f"labels {draft.labels}")
        self.page.wait_for_load_state("load")
        for part in chain(PARTS, TERMS_PANELS.values()):  # from top to bottom
            if isinstance(part, Panel):
                self.fill_panel(part, draft)
            else:
                self.fill_list(part.slug, draft.sections[part.section])
        expect(self.page.locator("draft-bar")).to_contain_text("Saved")

    def open(self, part: Locator) -> None:
        if not part.evaluate("part => part.open"):
            self.hands.press(part.locator("> summary"))

    def fill_list(self, slug: str, entry: Said | Rows) -> None:
        assert isinstance(entry, Rows)
        self.open(self.page.locator(f"#{slug} details[data-setting]"))
        for row in entry.rows:
            self.add(slug, row)

    def fill_panel(self, panel: Panel, draft: Draft) -> None:
        """Its switches first: what is switched off may not be shown."""
        if panel in ADVANCED:
            self.open(self.page.locator("#advanced"))
        self.open(self.page.locator(f"details#{panel.slug}"))
        form = self.page.locator(f"#{panel.slug}-form")
        said = [draft.sections[name] for name in panel.names]
        typed: Typed = dict(chain.from_iterable(each.typed.items() for each in said if isinstance(each, Said)))
        switches = {section.switch for section in panel.sections} & typed.keys()
        for name in switches:
            self.type(form, name, typed[name])
        for _ in range(len({name.split("-")[1] for name in typed if name.startswith("limit-")})):
            self.hands.press(form.locator("[data-add]"))
        for name in form.evaluate(ORDER):
            if name in typed and name not in switches:
                self.type(form, name, typed[name])

    def add(self, slug: str, row: Row) -> None:
        self.hands.press(self.page.locator(f"#{slug}-add"))
        editor = self.page.get_by_role("dialog")
        expect(editor).to_be_visible()
        self.type_rules(editor, row.rules)
        if row.typed.get("name") or row.typed.get("payable_items"):
            self.hands.press(editor.locator("details.advanced > summary"))
        form = editor.locator("form")
        for name in form.evaluate(ORDER):
            if row.typed.get(name):
                self.type(form, name, row.typed[name])
        self.hands.press(editor.locator("[data-save]"))
        expect(editor).to_be_hidden()
        self.settled(self.page)

    def type_rules(self, editor: Locator, rules: list[tuple[str, str, str]]) -> None:
        if not rules:
            self.hands.press(editor.get_by_role("button", name="Remove this rule"))
        for number, (variable, operator, values) in enumerate(rules):
            if number:
                self.hands.press(editor.locator("[data-add-rule]"))
            rule = editor.locator("[data-rule]").nth(number)
            if number or variable != BLANK:
                self.hands.take(rule.get_by_label("Variable"), VARIABLES[variable].label)
            self.hands.choose(rule.get_by_label("Operator"), operator)
            if values:
                self.hands.fill(rule.get_by_label("Values"), values)

    def type(self, form: Locator, name: str, value: str | list[str] | None) -> None:
        """One field of a form, whatever kind it is; a field that what is typed does not have is not shown."""
        field = form.locator(f"[name='{name}']")
        match field.first.evaluate("each => each.type"):
            case "checkbox" if isinstance(value, list):
                for each in value:
                    self.hands.tick(form.locator(f"[name='{name}'][value='{each}']"), on=True)
            case "checkbox":
                self.hands.tick(field, on=value is not None)
            case "radio":
                self.hands.pick(form.locator(f"[name='{name}'][value='{value}']"))
            case "select-one" if field.is_visible():
                self.hands.choose(field, str(value))
            case _ if field.is_visible():
                self.hands.fill(field, str(value or ""))
