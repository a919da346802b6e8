"""Goes through pages by keyboard alone, and says where focus cannot be seen, jumps, is lost or caught.

A page is read as it stands: what Tab should reach is listed in the order of the document, with how each looks without
focus. Then Tab is pressed until it comes round, while the page itself writes down where focus went.
"""

from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.browser.pictures import OPENERS, Photographer

WATCH = """(within) => {
  const styles = (each) => {
    const style = getComputedStyle(each);
    return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.borderColor,
      style.backgroundColor, style.textDecorationLine, style.clipPath, style.width].join();
  };
  // Focus may show on what stands around or beside a field: its label, its frame, the switch that is drawn for it.
  const looks = (each) => [each, each.parentElement, each.parentElement?.parentElement, each.nextElementSibling,
    ...(each.labels ?? [])].filter(Boolean).map(styles).join("|");
  const dialog = document.querySelector("dialog[open]:not(row-editor > dialog)"); // which stands in the page
  const scope = dialog ?? (within ? document.querySelector(within) : document);
  const kinds = "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable=true]";
  const reached = [...scope.querySelectorAll(kinds)].filter((each) =>
    each.tabIndex >= 0 && !each.disabled && each.type !== "hidden" && each.checkVisibility({ visibilityProperty: true })
    && !each.closest("[inert]")
    && !(each.type === "radio" && !each.checked
      && document.querySelector(`input[name="${CSS.escape(each.name)}"]:checked`)));
  document.activeElement.blur();
  const name = (each) => each.outerHTML.slice(0, 110).replace(/\\s+/g, " ");
  const plain = new Map(reached.map((each) => [each, looks(each)]));
  const seen = [];
  const wrong = [];
  window.walk?.abort.abort();
  const walk = window.walk = { abort: new AbortController(), done: false, wrong, seen, total: reached.length };
  document.addEventListener("focusin", ({ target }) => {
    if (walk.done || target === document.body || seen.at(-1) === target) return;
    if (!scope.contains(target) && !dialog) return walk.done = true;
    if (!scope.contains(target)) return wrong.push(`focus leaves the dialog for ${name(target)}`);
    if (target === seen[0]) return walk.done = true;
    if (seen.includes(target)) return (walk.done = true, wrong.push(`focus comes back to ${name(target)}`));
    if (seen.length && plain.has(target) && !plain.has(seen.at(-1))) wrong.push(`unexpected: ${name(seen.at(-1))}`);
    if (plain.get(target) === looks(target)) wrong.push(`focus cannot be seen on ${name(target)}`);
    const is_drawn = target.getBoundingClientRect().width > 2 || !target.labels?.[0];
    const box = (is_drawn ? target : target.labels[0]).getBoundingClientRect();
    if (box.bottom < 1 || box.top > innerHeight - 1 || box.right < 1 || box.left > innerWidth - 1)
      wrong.push(`focus is outside of the window on ${name(target)}`);
    seen.push(target);
  }, { signal: walk.abort.signal });
  // From the top, wherever a field asked for focus: past the last stop focus leaves the window, and the browser hands
  // it back to the first one in its own time. A walk that began further down would meet that one twice.
  const top = dialog ?? (within ? scope : document.body);
  const had = top.getAttribute("tabindex");
  top.tabIndex = -1;
  top.focus();
  seen.length = wrong.length = 0;
  walk.end = () => {
    if (had === null) top.removeAttribute("tabindex");
    const order = seen.map((each) => reached.indexOf(each)).filter((index) => index >= 0);
    for (const [place, index] of order.entries())
      if (place && index < order[place - 1]) wrong.push(`out of order: ${name(reached[index])}`);
    for (const each of reached) if (each.tabIndex > 0) wrong.push(`out of order: ${name(each)}`);
    for (const each of reached) if (!seen.includes(each)) wrong.push(`never reached: ${name(each)}`);
    return [seen.length, wrong];
  };
}"""


class Walker(Photographer):
    """Goes where the photographer goes, and presses Tab where they would take a picture."""

    def __init__(self, page: Page, base: str, program: int = 1000, part: str = "") -> None:
        super().__init__(page, base, program, Path(), part)
        self.found: dict[str, str] = {}
        self.stops = 0
        self.knows_frame = False

    def take(self, name: str, whole: bool = True) -> None:
        """Walk through the page, or the open dialog, once."""
        # Navigation and top bar stand on every page: they are walked through once.
        has_frame = self.page.locator("#content").count() > 0 and self.page.locator("#nav").count() > 0
        self.page.evaluate(WATCH, "#content" if has_frame and self.knows_frame else "")
        self.knows_frame |= has_frame
        total: int = self.page.evaluate("walk.total")
        presses, at_once = 0, total + 2
        while presses < 4 * total + 40 and not self.page.evaluate("walk.done"):
            for _ in range(at_once):
                self.page.keyboard.press("Tab")
            presses, at_once = presses + at_once, 8
        if not self.page.evaluate("walk.done"):
            self.say(name, "focus never comes round")
        stops, wrong = self.page.evaluate("walk.end()")
        self.stops += stops
        for each in wrong:
            self.say(name, each)

    def say(self, name: str, wrong: str) -> None:
        self.found.setdefault(wrong, name)

    def is_focused(self, element: Locator) -> bool:
        """Whether the focus is there, or comes there within two seconds: closing a dialog moves it a little later."""
        for _ in range(20):
            if element.evaluate("each => each === document.activeElement"):
                return True
            self.page.wait_for_timeout(100)
        return False

    def open_each(self, address: str, slug: str) -> None:
        """Open one dialog of each kind by keyboard; Tab stays in it, and Esc leads back to what opened it."""
        for kind, menu in self.page.evaluate(OPENERS).items():
            opener = self.page.locator(f"[data-picture='{kind}']").first
            form = kind.partition("?")[0]
            if form in self.opened or opener.get_attribute("popovertarget"):
                continue
            self.opened.add(form)
            button = self.page.locator(f"[popovertarget='{menu}']").first if menu else opener
            button.press("Enter")
            if menu:
                opener.press("Enter")
            self.page.wait_for_selector("dialog[open]")
            if not self.page.evaluate("document.querySelector('dialog[open]').contains(document.activeElement)"):
                self.say(slug, f"focus stays outside of the dialog of {kind}")
            self.take(f"{slug}--{kind}")
            in_place = self.page.locator("row-editor > dialog[open] [data-save]")
            if in_place.count():
                in_place.focus()
            self.page.keyboard.press("Escape")
            self.page.wait_for_selector("dialog[open]", state="detached")
            if not self.is_focused(button):
                self.say(slug, f"Esc does not lead back to what opened {kind}")

    def send_each(self, address: str, slug: str, inside: bool = False) -> None:
        """Refused forms hold the same fields."""
