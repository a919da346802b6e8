"""Custom terms as HTML: Markdown in which HTML is text, images are not shown, and links lead to the web or mail."""

from urllib.parse import urlsplit

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

SCHEMES = ("http", "https", "mailto")
HEADING_DOWN = 2  # the page's own headings are h1 and h2


def _is_allowed(url: str) -> bool:
    return urlsplit(url).scheme.lower() in SCHEMES


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).disable("image")
    parser.validateLink = _is_allowed  # type: ignore[method-assign]
    parser.core.ruler.push("tidy", _tidy)
    return parser


def _tidy(state: StateCore) -> None:
    """Headings stand below those of the page; links say nothing of where they were followed from."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + HEADING_DOWN, 6)}"
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("rel", "noopener noreferrer nofollow")


_PARSER = _parser()


def rendered(content: str) -> SafeString:
    """The text as HTML of this module's own making; whatever HTML the text has is shown as it was typed."""
    return mark_safe(str(_PARSER.render(content)))  # noqa: S308 - the parser escapes all text, and html is off
