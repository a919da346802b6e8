"""Customer statuses on pages: the mark of each, their order in a stack, and what share of the actions each has."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from html import escape

from django.utils.safestring import SafeString, mark_safe

from program.event_types.status_marks import marks_in, own_statuses
from program.models import Program
from program.templatetags.brandboard import share
from reports.queries.figures import OTHER, ByStatus, ordered_statuses


def marks_of(program: Program, total: ByStatus) -> dict[str, str]:
    """Status → the name of its colour. The brand's own take theirs by their place in the mapping, which a filter does
    not change; those that only past orders have come after them.
    """
    own = own_statuses(program, total.statuses)
    marks = marks_in(own)
    below = [status for status in stacked(total.statuses) if status != OTHER and total.of(status).actions]
    if "Re-Engaged" not in below and (below or ["Existing"])[-1] in ("Existing", *own[1::2]):
        marks[OTHER] = "otherlight"
    return marks


def stacked(statuses: Iterable[str]) -> list[str]:
    """New, Existing, Re-Engaged, the brand's own, Other, as their colours contrast with one another in a stack: Other
    stands between Re-Engaged and the brand's own, whose first is as light.
    """
    order = ordered_statuses(statuses)
    if OTHER in order and "Re-Engaged" in order:
        order.insert(order.index("Re-Engaged") + 1, order.pop(order.index(OTHER)))
    return order


def share_bar(figures: ByStatus, marks: Mapping[str, str], *, names: Mapping[str, str] | None = None) -> SafeString:
    """The statuses' shares of the actions as one bar, which says them in words too; empty without actions.

    `names` has what a page calls a status by another name.
    """
    total = figures.total.actions
    if not total:
        return mark_safe("")
    parts, words, start = [], [], Decimal(0)
    for status in stacked(figures.statuses):
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
