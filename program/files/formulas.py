"""Text that a spreadsheet would run as a formula, made harmless in csv files, and back.

A program that opens a csv file takes a cell that starts with one of these characters as a formula. The writer puts an
apostrophe in front of it. The reader takes exactly that apostrophe away again: the first of a cell whose first
character, apostrophes apart, is one of these. So text that itself begins `'=` gets a second apostrophe and loses it
again, and what is exported imports unchanged. A cell that somebody else wrote as `'=1+1` is read as `=1+1`.

Only csv needs this: xlsx and xls say of each cell that it is text.
"""

FIRST_CHARACTERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def disarm(text: str) -> str:
    """Return the text as a csv cell that no spreadsheet runs."""
    return f"'{text}" if text.lstrip("'").startswith(FIRST_CHARACTERS) else text


def rearm(cell: str) -> str:
    """Return the text that `disarm` was given."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FIRST_CHARACTERS) else cell
