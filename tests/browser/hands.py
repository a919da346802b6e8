"""What somebody does with a page by mouse, and the same by keyboard alone."""

import re
from abc import ABC, abstractmethod

from playwright.sync_api import Locator, Page, expect

PLACE = "each => each === document.activeElement ? 0 : document.activeElement.compareDocumentPosition(each)"
FOLLOWING = 4
# How many stops lie between the focus and what is looked for, as far as can be told; negative: before it.
STOPS = """(target) => {
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const isLeft = (each) => each.tabIndex < 0 || each.disabled || (each.type === "radio" && !each.checked);
  const stops = [...document.querySelectorAll(kinds)].filter((each) =>
    each === target || (!isLeft(each) && each.checkVisibility({ visibilityProperty: true })));
  return stops.indexOf(target) - stops.indexOf(document.activeElement);
}"""
MOST_STEPS = 250


class Hands(ABC):
    """One way of using a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @abstractmethod
    def press(self, target: Locator) -> None:
        """A link, a button, or the head of a part that opens."""

    @abstractmethod
    def fill(self, field: Locator, text: str) -> None:
        """A text field, in place of what is in it."""

    @abstractmethod
    def take(self, field: Locator, words: str) -> None:
        """A field that finds its choices as one types."""

    @abstractmethod
    def choose(self, field: Locator, value: str) -> None:
        """One option of a select."""

    @abstractmethod
    def pick(self, radio: Locator) -> None:
        """One radio button of several."""

    @abstractmethod
    def flip(self, box: Locator) -> None:
        """A check box that is not as it should be."""

    def option(self, words: str) -> Locator:
        """The choice that begins with these words; more may follow."""
        return self.page.get_by_role("option", name=re.compile(rf"^{re.escape(words)}\b")).first

    def tick(self, box: Locator, *, on: bool) -> None:
        if box.is_checked() != on:
            self.flip(box)
        expect(box).to_be_checked(checked=on)


class Mouse(Hands):
    def press(self, target: Locator) -> None:
        target.click()

    def fill(self, field: Locator, text: str) -> None:
        field.fill(text)

    def take(self, field: Locator, words: str) -> None:
        field.fill(words)
        self.option(words).click()

    def choose(self, field: Locator, value: str) -> None:
        field.select_option(value)

    def pick(self, radio: Locator) -> None:
        radio.check()

    def flip(self, box: Locator) -> None:
        box.click()


class Keyboard(Hands):
    """Goes by Tab and Shift+Tab to whatever it uses."""

    def reach(self, target: Locator) -> None:
        target.wait_for(state="attached")
        stops = target.evaluate(STOPS)
        for _ in range(abs(stops) - 1):
            self.page.keyboard.press("Tab" if stops > 0 else "Shift+Tab")
        for _ in range(MOST_STEPS):
            place = target.evaluate(PLACE)
            if not place:
                return
            self.page.keyboard.press("Tab" if place & FOLLOWING else "Shift+Tab")
        raise AssertionError(f"Tab never came to {target}")

    def press(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def fill(self, field: Locator, text: str) -> None:
        self.reach(field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(text)

    def take(self, field: Locator, words: str) -> None:
        self.fill(field, words)
        expect(self.option(words)).to_be_visible()
        self.page.keyboard.press("Enter")

    def choose(self, field: Locator, value: str) -> None:
        self.reach(field)
        self.page.keyboard.press("Home")
        for _ in range(field.locator("option").count()):
            if field.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never came to {value}")

    def pick(self, radio: Locator) -> None:
        name = radio.get_attribute("name")
        group = radio.locator("xpath=ancestor::form[1]").locator(f"[name='{name}']")
        for _ in range(group.count()):
            if radio.is_checked():
                return
            self.reach(group.and_(self.page.locator(":checked")))
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never came to {radio}")

    def flip(self, box: Locator) -> None:
        self.reach(box)
        self.page.keyboard.press("Space")
