"""The form in which texts are compared: orders, rules, names, lists and codes alike (payouts.md §4)."""

import re
from unicodedata import normalize

# Characters without a width of their own: invisible in whatever they were copied from.
ZERO_WIDTH = (
    "\N{SOFT HYPHEN}\N{COMBINING GRAPHEME JOINER}\N{ARABIC LETTER MARK}\N{MONGOLIAN VOWEL SEPARATOR}"
    "\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
    "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}"
    "\N{LEFT-TO-RIGHT EMBEDDING}\N{RIGHT-TO-LEFT EMBEDDING}\N{POP DIRECTIONAL FORMATTING}"
    "\N{LEFT-TO-RIGHT OVERRIDE}\N{RIGHT-TO-LEFT OVERRIDE}"
    "\N{WORD JOINER}\N{FUNCTION APPLICATION}\N{INVISIBLE TIMES}\N{INVISIBLE SEPARATOR}\N{INVISIBLE PLUS}"
    "\N{LEFT-TO-RIGHT ISOLATE}\N{RIGHT-TO-LEFT ISOLATE}\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}"
    "\N{ZERO WIDTH NO-BREAK SPACE}"
)
DOUBLE_QUOTES = "„“”‟«»"
SINGLE_QUOTES = "‚‘’‛‹›\N{MODIFIER LETTER APOSTROPHE}"
_PLAIN = str.maketrans(
    dict.fromkeys(ZERO_WIDTH, "") | dict.fromkeys(DOUBLE_QUOTES, '"') | dict.fromkeys(SINGLE_QUOTES, "'")
)
_SPACES = re.compile(r"\s+")
_OUTER = ZERO_WIDTH + "".join(character for character in map(chr, range(0x3001)) if character.isspace())


def untrimmed(text: str) -> str:
    """The text as it is compared, with the space at its ends kept (as one space).

    Unicode NFC, one letter case, without zero-width characters, any run of spaces as one space, typographic quotes
    and apostrophes as plain ones.
    """
    if text.isascii() and "  " not in text and text.isprintable():  # nearly all there are
        return text.lower()
    # The order of Unicode's canonical caseless matching: folded while taken apart, put together at the end.
    return normalize("NFC", plain_marks(normalize("NFD", text).casefold()))


def compared(text: str) -> str:
    """The trimmed text as it is compared: two texts that are equal so are the same value, name or code."""
    return untrimmed(text).strip()


def plain_marks(text: str) -> str:
    """The text without zero-width characters, runs of space as one space and typographic quotes as plain ones."""
    return _SPACES.sub(" ", text.translate(_PLAIN))


def trimmed(text: str) -> str:
    """The text without the spaces and zero-width characters around it."""
    text = text.strip()
    return text if text.isascii() else text.strip(_OUTER)
