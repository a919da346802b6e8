"""Reading an entry of an exception list or a SKU of the catalog, as a row of a file and the API give it."""

from collections.abc import Mapping

from common.formats.comparison import compared
from common.patterns import LONGEST_PATTERN
from common.refusals import Refusals, Refused
from program.catalog.services import Row, read_row
from program.exception_lists.entries import NAME_LENGTH, Entry, read_entry
from program.models import ExceptionListItem
from tracking.intake import parsing
from tracking.intake.canonical_values import printable

# Parameter → field and how many characters; what is read of it is said by its field.
ENTRY = {"Value": ("value", LONGEST_PATTERN), "MatchMode": ("match_mode", 20), "Name": ("name", NAME_LENGTH)}
CATALOG = {
    "Sku": ("sku", 255), "Name": ("name", 255), "Manufacturer": ("manufacturer", 255), "Category": ("category", 255),
    "Subcategory": ("subcategory", 255), "OriginalFormatCategory": ("original_format_category", 255),
}  # fmt: skip
ENTRY_NAMES = {field: name for name, (field, _) in ENTRY.items()}
CATALOG_NAMES = {field: name for name, (field, _) in CATALOG.items()}
_MODES = {compared(str(word)): mode for mode, label in ExceptionListItem.MatchMode.choices for word in (mode, label)}


def read_entry_row(params: Mapping[str, object]) -> Entry:
    """An entry; without a match mode its value is compared whole. Raises Refused with every bad parameter."""
    faults = Refusals(one_per_path=True)
    said = _said(params, ENTRY, faults)
    mode = _MODES.get(compared(said.pop("match_mode", "") or "EQ"))
    if mode is None:
        faults.add("MatchMode", "Send EQ or REGEX.")
    if "Value" not in faults:
        try:
            entry = read_entry(said.get("value", ""), mode or "EQ", said.get("name", ""))
        except Refused as refused:
            faults.extend(each._replace(path=ENTRY_NAMES.get(each.path, each.path)) for each in refused)
    faults.raise_any()
    return entry


def read_catalog_row(params: Mapping[str, object]) -> Row:
    """A row of the catalog. Raises Refused with every bad parameter."""
    faults = Refusals(one_per_path=True)
    said = _said(params, CATALOG, faults)
    if "Sku" not in faults:
        try:
            row = read_row(said)
        except Refused as refused:
            faults.extend(each._replace(path=CATALOG_NAMES.get(each.path, each.path)) for each in refused)
    faults.raise_any()
    return row


def _said(params: Mapping[str, object], takes: Mapping[str, tuple[str, int]], faults: Refusals) -> dict[str, str]:
    known = {name.casefold(): name for name in takes}
    said: dict[str, str] = {}
    for name, value in params.items():
        parameter = known.get(name.strip().casefold())
        if parameter is None:
            faults.add(printable(name)[:80], f"Is not known here; use {', '.join(takes)}.")
            continue
        field, most = takes[parameter]
        read = parsing.read_id if parameter == "Sku" else parsing.read_text
        try:
            said[field] = read(parsing.as_text(value), most)
        except Refused as refused:
            faults.add(parameter, str(refused))
    return said
