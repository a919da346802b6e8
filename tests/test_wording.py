"""The words that people read: “New …” opens a form and “Create …” sends it; prose uses plain words."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from servers.home import PROJECT

BUTTON = re.compile(r'(?:label\d?="|<button[^>]*>(?:\{%[^%]*%\})*)(Make|Create|New) ([a-z][^"<{]*)')

# Metaphors and quaint phrases, each with what to write instead. Names in code are not looked at, only prose.
AVOIDED = {
    r"(door)?bells?|rings?|ringing|rang|rung": "notify, enqueue",
    r"pace": "back-off, less often",
    r"keepers?|tend(s|ed)?": "supervisor, supervise",
    r"stamp(s|ed)?": "boot cache",
    r"last resort|in the lurch": "watchdog, lost its broker connection",
    r"(un)?seal(s|ed|ing)?": "encrypted",
    r"knowledge": "lookups",
    r"put(s|ting)? (\w+ )?aside|in hand|giv(e|es|en|ing) up|gave up": "held for review, claimed, quarantined",
    r"the books": "the ledger, the stored figures",
    r"(this|other|another) rooms?|rooms|the house": "app, package, project",
    r"(?<!there.)(is|are|was) (no|none of) (?!(longer|more than|less than)\b)\w+": "is not a valid …, is not a known …",
    r"stands? twice": "is listed twice",
    r"fault of (this|ours|our)": "Something went wrong on our side",
    r"fits? together|codes? (does not fit|fits?)": "Incorrect user name or password, not correct",
    r"is dissolved|is called \w+ now|is there to be used": "deleted, renamed to …, created",
    r"fits? (this|these) (filters?|search)": "match these filters",
    r"believes?|believed": "trusts, recomputes",
    r"at work|lets be|deaf|innocent": "running, unaffected",
    r"anew|whoever|seldomer|all the same": "again, the user who, less often, still",
}
PROSE = re.compile("|".join(rf"\b(?:{words})\b" for words in AVOIDED).replace(" ", r"\s+(?:# )?"), re.IGNORECASE)
# Code within prose: `names`, paths, dotted and underscored names, and placeholders.
CODE = re.compile(r"`[^`\n]*`|\{[^{}\n]*\}|[\w.-]*[\w-]+(?:[./_][\w-]+)+|#[\w-]+|--[\w-]+|<[^>\n]*>")
SHIPPED = (
    "config",
    "servers",
    "common",
    "accounts",
    "program",
    "contracts",
    "tracking",
    "reports",
    "templates",
    "static/js",
    "docs",
    "benchmarks",
    "tests",
)


def test_a_form_is_opened_as_new_and_sent_as_create():
    for template in sorted((PROJECT / "templates").rglob("*.html")):
        for line in template.read_text().splitlines():
            for verb, what in BUTTON.findall(line):
                place = f"{template.name}: {verb} {what}"
                assert verb != "Make", place
                if 'type="submit"' in line and "href" not in line:
                    assert verb == "Create", place


def test_prose_uses_plain_words():
    found = [f"{place}: {words}" for path in files() for place, words in avoided(path)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "# Rings the worker.",
        '"""“x” is no date."""',
        'f"{name} stands twice: {x}"',
        "'A fault of this program, logged.'",
    ],
)
def test_a_metaphor_is_found(text, tmp_path):
    (tmp_path / "module.py").write_text(f"{text}\n")
    assert list(avoided(tmp_path / "module.py"))


@pytest.mark.parametrize("text", ["ring_soon(stamp)", "# See `ring` and config/keeper.py.", "# There is no program."])
def test_a_name_in_code_is_no_prose(text, tmp_path):
    (tmp_path / "module.py").write_text(f"{text}\n")
    assert not list(avoided(tmp_path / "module.py"))


def files() -> Iterator[Path]:
    """Every file of ours that holds prose, but this one."""
    for name in ("README.md", "CHANGELOG.md", "Makefile", "demonstration/README.md"):
        yield PROJECT / name
    for folder in SHIPPED:
        for path in sorted((PROJECT / folder).rglob("*")):
            if (
                path.suffix in (".py", ".html", ".md", ".js")
                and path != Path(__file__)
                and "migrations" not in path.parts
            ):
                yield path


def avoided(path: Path) -> Iterator[tuple[str, str]]:
    """Where the file uses such words, and which."""
    name = path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path.name
    for line, text in prose(path):
        words = CODE.sub(" ", text)
        for match in PROSE.finditer(words):
            yield f"{name}:{line + words.count('\n', 0, match.start())}", " ".join(match.group().split())


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Comments and texts of code, with spaces in them, each with its line; other files as a whole."""
    if path.suffix != ".py":
        yield 1, path.read_text()
        return
    texts = (tokenize.COMMENT, tokenize.STRING, tokenize.FSTRING_MIDDLE)
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
        if token.type in texts and " " in token.string.strip():
            yield token.start[0], token.string
