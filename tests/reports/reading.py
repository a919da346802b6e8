"""A page's figures and links as a reader sees them, from its HTML."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Cell:
    text: str = ""
    links: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """`rows` are those of tables; `stats` the figures above them by their label; `links` every address on the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[Cell]] = []
        self.stats: dict[str, Cell] = {}
        self.links: list[str] = []
        self._open: Cell | None = None
        self._label = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._open = Cell()
            self.rows[-1].append(self._open)
        elif tag == "dt":
            self._open = Cell()
        elif tag == "dd":
            self._open = Cell()
            self.stats.setdefault(self._label, self._open)
        elif tag == "a":
            self.links.append(dict(attrs).get("href") or "")
            if self._open:
                self._open.links.append(self.links[-1])

    def handle_endtag(self, tag):
        if tag == "dt" and self._open:
            self._label = self._open.text.strip()
        if tag in ("td", "th", "dt", "dd"):
            self._open = None

    def handle_data(self, data):
        if self._open:
            self._open.text += data
