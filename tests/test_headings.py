"""Whatever refers to a document, by its name, a section's number or a link, leads to what is there and ships."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SHIPPED = (PROJECT, PROJECT / "docs")  # folders whose documents a reference may name
TEXTS = {".py", ".md", ".html", ".txt", ".js", ".css", ".toml", ".sh", ".in", ".yml", ".json", ""}
NOT_OURS = ("static/vendor/",)

NAME = r"(?<![\w/.:-])((?:[\w.-]+/)*[\w-]+\.md)\b"
REFERENCE = re.compile(rf"{NAME}|(§)\s*([\d.]*\d)?|\bsection (\d+)\b")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def shipped_texts() -> Iterator[Path]:
    for path in sorted(PROJECT.rglob("*")):
        place = path.relative_to(PROJECT)
        if path.suffix not in TEXTS or any(part.startswith(".") and part != ".ci" for part in place.parts):
            continue
        if path.is_file() and path != Path(__file__) and not str(place).startswith(NOT_OURS):
            yield path


def document(name: str, beside: Path) -> Path | None:
    return next((folder / name for folder in (*SHIPPED, beside.parent) if (folder / name).is_file()), None)


def headings(path: Path) -> list[str]:
    return HEADING.findall(FENCED.sub("", path.read_text()))


def anchor(heading: str) -> str:
    """The heading as the address of a link, as GitHub and most readers of Markdown write it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def broken_references(path: Path, text: str) -> Iterator[str]:
    """Names of documents that do not ship, and numbers of sections that the document named before them lacks."""
    for number, line in enumerate(text.splitlines(), 1):
        named = path if path.suffix == ".md" else None
        for name, sign, section, in_words in REFERENCE.findall(line):
            place = f"{path.name}:{number}: "
            if name:
                named = document(name, path)
                if named is None:
                    yield f"{place}{name} does not ship"
                continue
            if in_words and path.suffix != ".md":
                continue  # of a page or of terms, not of a document
            wanted = section or in_words
            if named is None:
                yield f"{place}§{wanted} of no document that ships"
            elif not any(heading.startswith(f"{wanted}. ") for heading in headings(named)):
                yield f"{place}{named.name} has no {sign or 'section '}{wanted}"


def broken_links(path: Path, text: str) -> Iterator[str]:
    for target in LINK.findall(FENCED.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, wanted = target.partition("#")
        to = path.parent / name if name else path
        if not to.exists():
            yield f"{path.name}: ({target}) leads to no file"
        elif wanted and wanted not in map(anchor, headings(to)):
            yield f"{path.name}: ({target}) leads to no heading"


def test_every_document_and_section_that_is_referred_to_ships() -> None:
    texts = {path: path.read_text() for path in shipped_texts()}
    assert len(texts) > 500
    assert sum(text.count("payouts.md §") for text in texts.values()) > 40
    assert [broken for path, text in texts.items() for broken in broken_references(path, text)] == []


def test_every_link_in_the_documents_leads_to_a_heading() -> None:
    pages = [path for folder in SHIPPED for path in sorted(folder.glob("*.md"))]
    assert len(pages) > 8
    assert [broken for path in pages for broken in broken_links(path, path.read_text())] == []


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("(payouts.md §99)", ["payouts.md has no §99"]),
        ("payouts.md §1, §98 and §5", ["payouts.md has no §98"]),
        ("as ../spec/product.md says", ["../spec/product.md does not ship"]),
        ("spec/payouts.md", ["spec/payouts.md does not ship"]),
        ("see §4", ["§4 of no document that ships"]),
        ("docs/operations.md, payouts.md §1 to §5", []),
    ],
)
def test_a_reference_that_leads_nowhere_is_found(text: str, broken: list[str]) -> None:
    assert list(broken_references(PROJECT / "somewhere.py", text)) == [f"somewhere.py:1: {each}" for each in broken]


@pytest.mark.parametrize("link", ["payouts.md#14-nowhere", "nowhere.md", "#nowhere"])
def test_a_link_that_leads_nowhere_is_found(link: str) -> None:
    page = PROJECT / "docs" / "reports.md"
    assert len(list(broken_links(page, f"[there]({link}), [here](payouts.md#4-rules)"))) == 1
