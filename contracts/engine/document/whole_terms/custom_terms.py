"""Custom terms: texts that the brand attaches, such as rules for paid search."""

from dataclasses import dataclass
from typing import Any, Literal, cast

from contracts.engine.document.reading import Node
from contracts.engine.document.sections.section import Lists, SingleSection
from contracts.engine.explain.words import PLAIN, Spelling

type TermsType = Literal["CUSTOM", "EMAIL", "COPYWRITING", "PAID_SEARCH", "SEO", "TRADEMARK", "APPROVAL"]
TYPES = {
    "CUSTOM": "Custom",
    "EMAIL": "E-mail",
    "COPYWRITING": "Copywriting",
    "PAID_SEARCH": "Paid search",
    "SEO": "SEO",
    "TRADEMARK": "Trademark",
    "APPROVAL": "Approval",
}
LONGEST_CONTENT = 20_000
MOST = 20


@dataclass(frozen=True, slots=True)
class SpecialTerms:
    """One text as it was when the terms were published; the version is the text's own, where it has one."""

    name: str
    content: str
    type: TermsType = "CUSTOM"
    version: int | None = None

    @property
    def title(self) -> str:
        return f"{self.name}, version {self.version}" if self.version else self.name


type SpecialTermsList = tuple[SpecialTerms, ...]


class CustomTermsSection(SingleSection[SpecialTermsList]):
    keys = ("SpecialTermsList",)
    name = "Custom terms"
    absent: SpecialTermsList = ()
    offered: SpecialTermsList = ()

    def read(self, node: Node, lists: Lists) -> SpecialTermsList:
        rows = [_special(Node(raw, path, node.errors)) for path, raw in node.rows("SpecialTermsList")]
        names = [row.name.casefold() for row in rows if row.name]
        if len(rows) > MOST:
            node.error("SpecialTermsList", f"must be at most {MOST} texts")
        if len(set(names)) < len(names):
            node.error("SpecialTermsList", "a name is listed twice")
        return tuple(rows)

    def write(self, value: SpecialTermsList) -> dict[str, Any]:
        return {"SpecialTermsList": [_written(row) for row in value]} if value else {}

    def words(self, value: SpecialTermsList, currency: str, spelling: Spelling = PLAIN) -> str:
        if not value:
            return "No custom terms are attached."
        return f"Custom terms: {', '.join(row.title for row in value)}."

    def short(self, value: SpecialTermsList, currency: str, spelling: Spelling = PLAIN) -> str:
        return ", ".join(row.title for row in value) or "none attached"

    def compared(self, value: SpecialTermsList, currency: str, spelling: Spelling = PLAIN) -> dict[str, str]:
        """Each text by its name, whole: another text can have the same version, where a document brought it."""
        return {
            f"Custom terms, {row.name}": f"{TYPES[row.type]}, version {row.version or 'none'}: {row.content}"
            for row in value
        }


def _special(node: Node) -> SpecialTerms:
    name = node.text("Name", required=True)
    kind = node.choice("Type", tuple(TYPES), default="CUSTOM")
    content = node.text("Content", required=True, longest=LONGEST_CONTENT)
    version = node.whole("Version", default=None, least=1)
    node.close()
    return SpecialTerms(name, content, cast(Any, kind), version)


def _written(row: SpecialTerms) -> dict[str, Any]:
    version = {} if row.version is None else {"Version": row.version}
    return {"Name": row.name, "Type": row.type, "Content": row.content, **version}


CUSTOM_TERMS = CustomTermsSection()
