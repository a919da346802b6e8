"""Customer status mapping of an event type: a change is shown with what follows from it before it is stored."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from common.db.edits import Stale, Values, fingerprint, refuse_changed
from common.refusals import Refused
from common.web.edit_forms import Conflict
from program.access import event_type_for_edit, event_type_for_view
from program.event_types.services import mapping_values, set_customer_status_mapping
from program.event_types.status_map import CATEGORIES, join_codes, read_mapping, split_codes
from program.event_types.tracking_code import conversion_call, conversion_file
from program.frame.request import ProgramRequest
from program.models import EventType
from program.uses import CodeMove, Named, code_moves, terms_using

MOST_MOVES = 50  # codes shown where a change is confirmed


@dataclass(frozen=True)
class MappingRow:
    """One category as the form shows it: the three standard ones have a fixed name."""

    category: str
    codes: str

    @property
    def is_fixed(self) -> bool:
        return self.category in CATEGORIES


@require_http_methods(["GET", "HEAD", "POST"])
def event_type_mapping(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """The mapping's page. Where a code would mean something else, saving first shows what follows, and asks."""
    fetch = event_type_for_edit if request.method == "POST" else event_type_for_view
    event_type = fetch(request.principal, program_id, pk)
    if request.method != "POST":
        stored = mapping_values(event_type)
        return _form(request, event_type, _stored(stored), stored["enabled"], seen=fingerprint(stored))
    rows, enabled, seen = _typed(request.POST), "enabled" in request.POST, request.POST.get("opened_with", "")
    if "add" in request.POST:
        empty = request.POST.getlist("category").count("") + 1
        return _form(request, event_type, rows, enabled, seen=seen, empty=empty)
    try:
        mapping = _mapping(rows)
        statuses = _statuses(mapping, enabled)
        if "confirmed" not in request.POST:
            refuse_changed(mapping_values(event_type), seen)
            moves = code_moves(event_type, statuses)
            if moves or enabled != event_type.has_status_mapping:
                return _ask(request, event_type, rows, enabled, seen, moves)
        set_customer_status_mapping(event_type=event_type, mapping=mapping, enabled=enabled, seen=seen)
    except Stale:
        return _contradict(request, event_type, rows, enabled)
    except Refused as refused:
        return _form(request, event_type, rows, enabled, seen=seen, errors=[each.message for each in refused])
    messages.success(request, _saved(event_type))
    return redirect("program:event_type_mapping", program_id, pk)


def _saved(event_type: EventType) -> str:
    if not event_type.has_status_mapping:
        return f"The customer status mapping of {event_type.name} is off. Its codes are kept."
    return (
        f"The customer status mapping of {event_type.name} is saved. It holds for orders that are priced from now on; "
        "orders that are priced already stay as they are."
    )


def _form(
    request: ProgramRequest,
    event_type: EventType,
    rows: list[MappingRow],
    enabled: bool,
    *,
    seen: str,
    errors: list[str] | None = None,
    conflicts: list[Conflict] | None = None,
    empty: int = 1,
) -> HttpResponse:
    """The form, with empty rows at its end for categories of the brand's own."""
    context = {
        "event_type": event_type,
        "rows": [*rows, *[MappingRow("", "")] * min(empty, 50)],
        "enabled": enabled,
        "errors": errors or [],
        "opened_with": seen,
        "is_stale": conflicts is not None,
        "conflicts": conflicts or [],
        "page": request.path,
        "uses": terms_using(request.program, Named.CUSTOMER_STATUS, event_type=event_type),
        **_tracking_code(event_type, rows),
    }
    template = "program/event_type_mapping.html" + ("#mapping" if request.htmx else "")
    status = 409 if conflicts is not None else 422 if errors else 200
    return render(request, template, context, status=status)


def _contradict(request: ProgramRequest, event_type: EventType, rows: list[MappingRow], enabled: bool) -> HttpResponse:
    """The form as it was typed, beside what somebody else has saved meanwhile."""
    event_type.refresh_from_db(fields=["has_status_mapping"])
    stored = mapping_values(event_type)
    present = {row.category: row.codes for row in _stored(stored)}
    typed = {row.category: row.codes for row in rows}
    pairs = [(category, typed.get(category, ""), present.get(category, "")) for category in {**present, **typed}]
    conflicts = [Conflict(*pair) for pair in pairs if pair[1] != pair[2]]
    if enabled != stored["enabled"]:
        conflicts.insert(0, Conflict("Mapping", *(("On", "Off") if enabled else ("Off", "On"))))
    return _form(request, event_type, rows, enabled, seen=fingerprint(stored), conflicts=conflicts)


def _ask(
    request: ProgramRequest,
    event_type: EventType,
    rows: list[MappingRow],
    enabled: bool,
    seen: str,
    moves: list[CodeMove],
) -> HttpResponse:
    """The step before the change: a dialog over the page, a page of its own without script."""
    context = {
        "event_type": event_type,
        "rows": rows,
        "enabled": enabled,
        "is_new": enabled and not event_type.has_status_mapping,
        "opened_with": seen,
        "moves": moves[:MOST_MOVES],
        "more_moves": len(moves[MOST_MOVES:]),
        "moved_orders": sum(move.orders for move in moves),
        "uses": terms_using(request.program, Named.CUSTOMER_STATUS, event_type=event_type),
        **_tracking_code(event_type, rows),
    }
    if not request.htmx:
        return render(request, "program/event_type_mapping_warning.html", context)
    response = render(request, "program/event_type_mapping_warning.html#warning", context)
    response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    return response


def _statuses(mapping: dict[str, list[str]], enabled: bool) -> dict[str, list[str]]:
    """The codes by category as they would be in force. Raises Refused as `read_mapping` does."""
    statuses: dict[str, list[str]] = {}
    for row in read_mapping(mapping):
        statuses.setdefault(row.category, []).append(row.code)
    return statuses if enabled else {}


def _stored(values: Values) -> list[MappingRow]:
    codes = {category: [] for category in CATEGORIES} | values["codes"]
    return [MappingRow(category, join_codes(values)) for category, values in codes.items()]


def _typed(data: QueryDict) -> list[MappingRow]:
    pairs = zip(data.getlist("category"), data.getlist("codes"), strict=False)
    typed = [(category.strip(), codes.strip()) for category, codes in pairs]
    rows: list[MappingRow] = []
    for category, codes in typed:
        # A category that is already listed above gets its codes there.
        same = next((index for index, row in enumerate(rows) if category and row.category == category), None)
        if same is not None:
            rows[same] = MappingRow(category, ", ".join(filter(None, (rows[same].codes, codes))))
        elif category or codes:
            rows.append(MappingRow(category, codes))
    return rows


def _mapping(rows: list[MappingRow]) -> dict[str, list[str]]:
    mapping: dict[str, list[str]] = {}
    for row in rows:
        mapping.setdefault(row.category, []).extend(split_codes(row.codes))
    return mapping


def _tracking_code(event_type: EventType, rows: list[MappingRow]) -> dict[str, str]:
    """The code to copy, with the first code of the first category that has one."""
    codes = [code for row in rows for code in row.codes.split(",") if code.strip()]
    status = codes[0].strip(' "') if codes else "New"
    return {
        "call": conversion_call(event_type=event_type, base_url=settings.BASE_URL, status=status),
        "file": conversion_file(event_type=event_type, status=status),
    }
