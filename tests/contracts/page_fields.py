"""The forms of a page as a browser reads them: where each is sent, and what would be sent if nobody typed anything."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

type Sent = dict[str, list[str]]
PRESSED = {"submit", "button", "reset", "image", "file"}


@dataclass
class ShownForm:
    """A form with its fields as they stand. A box that is not ticked and a field that is disabled are not sent."""

    id: str
    address: str
    fields: Sent = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[ShownForm] = []
        self.form: ShownForm | None = None
        self.templates = 0  # what is in a template is shown by scripts alone
        self.name, self.text = "", ""  # of the select or textarea that is being read
        self.options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "template":
            self.templates += 1
        elif tag == "form" and not self.templates:
            self.form = ShownForm(said.get("id", ""), said.get("action") or self.page)
            self.forms.append(self.form)
        elif tag == "option" and self.name:
            self.options.append((said.get("value", ""), "selected" in said))
        if self.form is None or self.templates or not said.get("name") or "disabled" in said:
            return
        if tag in ("select", "textarea"):
            self.name, self.text, self.options = said["name"], "", []
        elif tag == "input" and said.get("type") not in PRESSED:
            is_box = said.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in said:
                self._keep(said["name"], said.get("value", "on" if is_box else ""))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self.templates -= 1
        elif tag == "form" and not self.templates:
            self.form = None
        elif tag == "textarea" and self.name:
            self._keep(self.name, self.text.removeprefix("\n"))
            self.name = ""
        elif tag == "select" and self.name:
            chosen = [value for value, is_selected in self.options if is_selected]
            for value in chosen or [value for value, _ in self.options[:1]]:
                self._keep(self.name, value)
            self.name = ""

    def _keep(self, name: str, value: str) -> None:
        assert self.form is not None
        self.form.fields.setdefault(name, []).append(value)


def forms_of(page: str, html: str) -> list[ShownForm]:
    """All forms of the page at that address."""
    reader = _Reader(page)
    reader.feed(html)
    return reader.forms


def form_of(page: str, html: str, id: str) -> ShownForm:
    """The form of that id."""
    return next(form for form in forms_of(page, html) if form.id == id)
