"""Customer statuses on pages: their order in a stack, and what share of the actions each has."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from html import escape

from django.utils.safestring import SafeString, mark_safe

from program.templatetags.brandboard import share
from reports.queries.figures import OTHER, ByStatus, ordered_statuses


def stacked(statuses: Iterable[str], figures: ByStatus) -> list[str]:
    """As their colours contrast with one another in a stack: New, Existing, Re-Engaged, the brand's own.

    Other, as dark as Existing, stands between Re-Engaged and the brand's own, whose first is as light; without orders
    of Re-Engaged it comes first, before New.
    """
    order = ordered_statuses(statuses)
    if OTHER in order:
        order.remove(OTHER)
        order.insert(order.index("Re-Engaged") + 1 if figures.of("Re-Engaged").actions else 0, OTHER)
    return order


def share_bar(figures: ByStatus, marks: Mapping[str, str], *, names: Mapping[str, str] | None = None) -> SafeString:
    """The statuses' shares of the actions as one bar, which says them in words too; empty without actions.

    `names` has what a page calls a status by another name.
    """
    total = figures.total.actions
    if not total:
        return mark_safe("")
    parts, words, start = [], [], Decimal(0)
    for status in stacked(figures.statuses, figures):
        if not figures.of(status).actions:
            continue
        width = Decimal(100) * figures.of(status).actions / total
        parts.append(f'<rect class="status-{marks[status]}" x="{start:.2f}" width="{width:.2f}" height="8"/>')
        words.append(f"{(names or {}).get(status, status)} {share(width)}")
        start += width
    label = escape(", ".join(words))
    return mark_safe(  # noqa: S308 (escaped)
        f'<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{label}">'
        f"<title>{label}</title>{''.join(parts)}</svg>"
    )
