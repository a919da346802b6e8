"""All that changes drafts, versions and contracts."""

from contracts.engine.load import TermsRefused

from .checks import Stale
from .draft_rows import (
    add_payout_adjustment,
    add_payout_group,
    add_payout_restriction,
    change_payout_adjustment,
    change_payout_group,
    change_payout_restriction,
    check_row,
    delete_rows,
    save_row,
    switch_row,
)
from .group_files import (
    COLUMNS,
    GroupPreview,
    group_columns,
    group_rows,
    read_groups,
    replace_groups,
    version_group_rows,
)
from .publishing import (
    Preview,
    Published,
    preview_publishing,
    publish_document,
    publish_draft,
)
from .ranks import move_to, order_token, reorder_rows
from .template_terms import (
    add_event_payout,
    change_template_terms,
    check_event_payout,
    create_template_terms,
    delete_template_terms,
    remove_event_payout,
    save_event_payout,
    set_default_payout,
    set_locking,
    set_scheduling,
    switch_section,
)
from .versions import has_unpublished_changes, newest_version, open_draft

__all__ = [
    "COLUMNS",
    "GroupPreview",
    "Preview",
    "Published",
    "Stale",
    "TermsRefused",
    "add_event_payout",
    "add_payout_adjustment",
    "add_payout_group",
    "add_payout_restriction",
    "change_payout_adjustment",
    "change_payout_group",
    "change_payout_restriction",
    "change_template_terms",
    "check_event_payout",
    "check_row",
    "create_template_terms",
    "delete_rows",
    "delete_template_terms",
    "group_columns",
    "group_rows",
    "has_unpublished_changes",
    "move_to",
    "newest_version",
    "open_draft",
    "order_token",
    "preview_publishing",
    "publish_document",
    "publish_draft",
    "read_groups",
    "remove_event_payout",
    "reorder_rows",
    "replace_groups",
    "save_event_payout",
    "save_row",
    "set_default_payout",
    "set_locking",
    "set_scheduling",
    "switch_row",
    "switch_section",
    "version_group_rows",
]
