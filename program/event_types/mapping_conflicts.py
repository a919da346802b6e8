"""What two editors of a customer status mapping have made of it: where they differ, in words of a bounded length."""

from collections.abc import Sequence

from common.db.edits import Values
from common.web.edit_forms import Conflict

from .mapping_form import MOST_CHIPS, MappingRow, stored_rows
from .status_map import code_key, join_codes

TOLD = 20  # codes of a long list


def mapping_conflicts(rows: Sequence[MappingRow], enabled: bool, stored: Values) -> list[Conflict]:
    """The differences between the typed rows and those that are stored now.

    Of a row that keeps its stored codes it is known that they were changed, not what they were: it follows the change,
    and says so.
    """
    present = {row.category: row.codes for row in stored_rows(stored)}
    typed = {row.category: row for row in rows}
    conflicts = []
    if enabled != stored["enabled"]:
        conflicts.append(Conflict("Mapping", *(("On", "Off") if enabled else ("Off", "On"))))
    for category in {**present, **typed}:
        row, codes = typed.get(category, MappingRow(category)), present.get(category, ())
        if row.text != join_codes(codes) or (row.kept and row.kept.is_stale):
            conflicts.append(Conflict(category, _typed_words(row, codes), _told(codes)))
    return conflicts


def _typed_words(row: MappingRow, present: Sequence[str]) -> str:
    """What was typed; of a long list only what differs from the stored one."""
    if max(len(row.codes), len(present)) <= MOST_CHIPS and not row.kept:
        return row.text
    typed, stored = ({code_key(code): code for code in codes} for codes in (row.codes, present))
    added = [code for key, code in typed.items() if key not in stored]
    gone = [code for key, code in stored.items() if key not in typed]
    if not added and not gone:
        return "nothing: the codes are kept as they are stored now"
    if len(gone) == len(stored):
        return _told(added)
    changes = [("added", added), ("removed", gone)]
    return "; ".join(f"{word} {_told(codes)}" for word, codes in changes if codes)


def _told(codes: Sequence[str]) -> str:
    if len(codes) <= MOST_CHIPS:
        return join_codes(codes)
    return f"{join_codes(codes[:TOLD])} and {len(codes) - TOLD:,} more"
