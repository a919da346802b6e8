"""The sections on the page of a draft, from top to bottom."""

from .default_payout import DEFAULT_PANEL
from .limits import LIMITS_PANEL
from .lists.payout_adjustments import ADJUSTMENTS
from .lists.payout_groups import GROUPS
from .lists.payout_restrictions import RESTRICTIONS
from .lists.ranked_lists import Kind
from .panels import Panel
from .referral_window import CREDIT
from .scheduling import SCHEDULE
from .whole_terms.custom_terms import CUSTOM_TERMS_PANEL
from .whole_terms.notice import NOTICE_PANEL
from .whole_terms.reversal_policy import REVERSAL_PANEL
from .whole_terms.whole_limits import ACTION_LIMIT_PANEL, RESET_PANEL, SPEND_LIMIT_PANEL

HEADINGS: dict[str, tuple[Panel | Kind, ...]] = {
    "What it pays": (DEFAULT_PANEL, GROUPS, ADJUSTMENTS, RESTRICTIONS, LIMITS_PANEL),
    "When and to whom": (SCHEDULE, CREDIT),
}
PARTS = tuple(part for parts in HEADINGS.values() for part in parts)
KINDS = {part.slug: part for part in PARTS if isinstance(part, Kind)}
PANELS = {part.slug: part for part in PARTS if isinstance(part, Panel)}
# Those of the terms as a whole, which apply to every event type. All but custom terms stand under advanced settings.
ADVANCED: tuple[Panel, ...] = (NOTICE_PANEL, REVERSAL_PANEL, ACTION_LIMIT_PANEL, SPEND_LIMIT_PANEL, RESET_PANEL)
TERMS_PANELS = {panel.slug: panel for panel in (CUSTOM_TERMS_PANEL, *ADVANCED)}
# The form of each section that stands by itself, by the engine's name of the section.
FORMS = {each.section: each for panel in (*PANELS.values(), *TERMS_PANELS.values()) for each in panel.sections}
