"""The forms of a page as a program that fills them in sees them: addresses, fields, and what the page says of each."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Field:
    """A field of a form, with the bounds that its tag declares."""

    name: str
    value: str = ""
    longest: int | None = None
    bounds: tuple[str, ...] = ()


@dataclass
class PageForm:
    """A form: where it is sent, how, and its fields; one of a name may stand more than once."""

    address: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def filled(self) -> dict[str, list[str]]:
        """What a browser would send."""
        sent: dict[str, list[str]] = {}
        for each in self.fields:
            sent.setdefault(each.name, []).append(each.value)
        return sent


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.page = address.partition("?")[0]
        self.forms: list[PageForm] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = True
            self.forms.append(PageForm(said.get("action") or self.page, said.get("method", "get").casefold()))
        elif "formaction" in said and self.forms:
            last = self.forms[-1]
            self.forms.append(PageForm(said["formaction"], "post", [*last.fields]))
            self._add(said)
            self.forms.append(last)
        elif self.inside and tag in ("input", "select", "textarea", "button") and said.get("name"):
            self._add(said)
        elif tag == "option" and self.inside and self.forms[-1].fields and "selected" in said:
            self.forms[-1].fields[-1].value = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"

    def _add(self, said: dict[str, str]) -> None:
        if not said.get("name") or said.get("type") == "file":
            return
        length = said.get("maxlength", "")
        bounds = tuple(said[bound] for bound in ("min", "max") if said.get(bound))
        self.forms[-1].fields.append(
            Field(said["name"], said.get("value", ""), int(length) if length.isdigit() else None, bounds)
        )


def forms_of(address: str, html: str) -> list[PageForm]:
    """The forms of a page, each once."""
    reader = _Reader(address)
    reader.feed(html)
    once = {(form.address, form.method, *(each.name for each in form.fields)): form for form in reader.forms}
    return list(once.values())
