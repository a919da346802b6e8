"""The sections on the page of a draft, from top to bottom."""

from .default_payout import DEFAULT_PANEL
from .lists.payout_adjustments import ADJUSTMENTS
from .lists.payout_groups import GROUPS
from .lists.payout_restrictions import RESTRICTIONS
from .lists.ranked_lists import Kind
from .panels import Panel
from .referral_window import CREDIT
from .scheduling import SCHEDULE

HEADINGS: dict[str, tuple[Panel | Kind, ...]] = {
    "What it pays": (DEFAULT_PANEL, GROUPS, ADJUSTMENTS, RESTRICTIONS),
    "When and to whom": (SCHEDULE, CREDIT),
}
PARTS = tuple(part for parts in HEADINGS.values() for part in parts)
KINDS = {part.slug: part for part in PARTS if isinstance(part, Kind)}
PANELS = {part.slug: part for part in PARTS if isinstance(part, Panel)}
