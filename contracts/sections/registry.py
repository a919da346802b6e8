"""The sections on the page of a draft, from top to bottom."""

from .default_payout import DEFAULT_PANEL
from .panels import Panel
from .payout_adjustments import ADJUSTMENTS
from .payout_groups import GROUPS
from .payout_restrictions import RESTRICTIONS
from .ranked_lists import Kind
from .scheduling import SCHEDULE

PARTS: tuple[Panel | Kind, ...] = (DEFAULT_PANEL, GROUPS, ADJUSTMENTS, RESTRICTIONS, SCHEDULE)
KINDS = {part.slug: part for part in PARTS if isinstance(part, Kind)}
PANELS = {part.slug: part for part in PARTS if isinstance(part, Panel)}
