"""Where things are: every folder says in one sentence what belongs there, and docs/architecture.md repeats it."""

import ast
from pathlib import Path

import pytest

from servers.home import PROJECT

PACKAGES = ("config", "servers", "common", "accounts", "program", "contracts", "tracking", "reports")
MOST_FILES = 10  # beside __init__: more are two nouns
CONVENTIONAL = ("migrations", "management", "commands", "models", "templatetags")  # Django's own folders


def folders() -> list[Path]:
    """Every folder with modules of ours, from the project's root."""
    found = {path.parent.relative_to(PROJECT) for package in PACKAGES for path in (PROJECT / package).rglob("*.py")}
    return sorted(found)


NOUNS = [folder for folder in folders() if folder.name not in CONVENTIONAL]


def sentence(folder: Path) -> str:
    """The first paragraph of the folder's docstring, as one line."""
    docstring = ast.get_docstring(ast.parse((PROJECT / folder / "__init__.py").read_text())) or ""
    return " ".join(docstring.partition("\n\n")[0].split())


@pytest.mark.parametrize("folder", NOUNS, ids=str)
def test_a_folder_says_what_belongs_there(folder):
    assert sentence(folder).endswith(".")


@pytest.mark.parametrize("folder", folders(), ids=str)
def test_a_folder_holds_no_more_than_ten_files(folder):
    assert len([path for path in (PROJECT / folder).glob("*.py") if path.name != "__init__.py"]) <= MOST_FILES


def test_the_architecture_lists_every_folder_with_its_sentence():
    listed = (PROJECT / "docs" / "architecture.md").read_text()
    lines = {f"{'  ' * (len(folder.parts) - 1)}{folder.name}/": sentence(folder) for folder in NOUNS}
    missing = [f"{name:24} {words}" for name, words in lines.items() if f"{name:24} {words}" not in listed]
    assert missing == []
