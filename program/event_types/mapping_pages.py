"""Customer status mapping of an event type: a change is shown with what follows from it before it is stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from common.db.edits import Stale, Values, fingerprint, refuse_changed
from common.refusals import Refused
from common.web.edit_forms import Conflict
from common.web.lists import text_of
from program.access import event_type_for_edit, event_type_for_view
from program.event_types.mapping_conflicts import mapping_conflicts
from program.event_types.mapping_form import (
    EDITS,
    MappingRow,
    assigned_code,
    checked_rows,
    edited,
    empty_rows,
    kept_again,
    mapping_of,
    pair_of,
    stored_rows,
    typed_rows,
)
from program.event_types.received_codes import CodeMove, ReceivedCode, code_moves, received_codes
from program.event_types.services import mapping_values, set_customer_status_mapping
from program.event_types.status_map import code_key, read_mapping
from program.event_types.status_marks import Marks, status_marks
from program.event_types.tracking_code import conversion_call, conversion_file
from program.frame.request import ProgramRequest
from program.models import EventType
from program.uses import Named, statuses_of, terms_using

MOST_MOVES = 50  # codes shown where a change is confirmed
MOST_RECEIVED = 25  # codes shown beside the form, fewer where each can be assigned to many statuses
MOST_CHOICES = 300


@require_http_methods(["GET", "HEAD", "POST"])
def event_type_mapping(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """The mapping's page. Where a code would mean something else, saving first shows what follows, and asks."""
    fetch = event_type_for_edit if request.method == "POST" else event_type_for_view
    event_type = fetch(request.principal, program_id, pk)
    stored = mapping_values(event_type)
    if request.method != "POST":
        rows, seen = stored_rows(stored, opened=text_of(request, "all")), fingerprint(stored)
        return _form(request, event_type, rows, stored["enabled"], seen=seen, stored=stored)
    rows, enabled = typed_rows(request.POST, stored), "enabled" in request.POST
    seen = request.POST.get("opened_with", "")
    if any(name in request.POST for name in EDITS):
        return _form(request, event_type, edited(rows, request.POST), enabled, seen=seen)
    if any(row.unread for row in rows):
        return _form(request, event_type, rows, enabled, seen=seen, status=422)
    try:
        if any(row.kept and row.kept.is_stale for row in rows):
            raise Stale
        mapping = mapping_of(rows)
        statuses = _statuses(mapping, enabled)
        if "confirmed" not in request.POST:
            refuse_changed(mapping_values(event_type), seen)
            moves = code_moves(event_type, statuses)
            if moves or enabled != event_type.has_status_mapping:
                return _ask(request, event_type, rows, enabled, seen, moves)
        set_customer_status_mapping(event_type=event_type, mapping=mapping, enabled=enabled, seen=seen)
    except Stale:
        return _contradict(request, event_type, rows, enabled)
    except Refused:
        return _form(request, event_type, rows, enabled, seen=seen, status=422)
    messages.success(request, _saved(event_type))
    return redirect("program:event_type_mapping", program_id, pk)


def _saved(event_type: EventType) -> str:
    if not event_type.has_status_mapping:
        return f"The customer status mapping of {event_type.name} is off. Its codes are kept."
    return (
        f"The customer status mapping of {event_type.name} is saved. It holds for orders that are priced from now on; "
        "orders that are priced already stay as they are."
    )


@dataclass(frozen=True)
class ReceivedLine:
    """A code that was received, and the status that an order with it gets by the rows as they stand."""

    code: str
    orders: int
    last_seen: date
    held: int
    status: str
    mark: str
    choices: list[tuple[str, str, str]]  # the other statuses, each with its mark and what the button sends
    is_focused: bool


def _form(
    request: ProgramRequest,
    event_type: EventType,
    rows: Sequence[MappingRow],
    enabled: bool,
    *,
    seen: str,
    status: int = 200,
    conflicts: list[Conflict] | None = None,
    stored: Values | None = None,
) -> HttpResponse:
    """The form, with empty rows at its end for categories of the brand's own."""
    stored = stored or mapping_values(event_type)
    sent = received_codes(event_type)
    marks = status_marks(request.program, [row.category for row in rows])
    received = _received(sent.codes, rows, enabled, assigned_code(request.POST), marks)
    unmapped = [line for line in received if not line.status]
    shown = [*unmapped, *(line for line in received if line.status)][
        : min(MOST_RECEIVED, MOST_CHOICES // max(len(rows), 1))
    ]
    context = {
        "event_type": event_type,
        "rows": [*checked_rows(rows), *[MappingRow("")] * empty_rows(request.POST)],
        "enabled": enabled,
        "opened_with": seen,
        "is_stale": conflicts is not None,
        "conflicts": conflicts or [],
        "is_unsaved": _is_unsaved(rows, enabled, stored),
        "page": request.path,
        "received": shown,
        "without_code": sent.without,
        "more_received": len(received) - len(shown),
        "unmapped": len(unmapped),
        "unmapped_orders": sum(line.orders for line in unmapped),
        "uses": terms_using(request.program, Named.CUSTOMER_STATUS, event_type=event_type),
        **_tracking_code(event_type, rows),
    }
    template = "program/event_type_mapping.html" + ("#mapping" if request.htmx else "")
    response = render(request, template, context, status=status)
    if status != 200:
        response["HX-Reswap"] = "outerHTML show:top"
    return response


def _received(
    found: Sequence[ReceivedCode], rows: Sequence[MappingRow], enabled: bool, assigned: str, marks: Marks
) -> list[ReceivedLine]:
    names = [row.category for row in rows if row.category]
    meanings = statuses_of(mapping_of(rows) if enabled else {}, [each.code for each in found])
    return [_line(each, meanings[each.code], names, assigned, marks) for each in found]


def _line(received: ReceivedCode, status: str, names: Iterable[str], assigned: str, marks: Marks) -> ReceivedLine:
    choices = [(name, marks[name], pair_of(name, received.code)) for name in names if name != status]
    is_focused = code_key(received.code) == assigned
    return ReceivedLine(
        received.code, received.orders, received.last_seen, received.held, status, marks[status], choices, is_focused
    )


def _is_unsaved(rows: Sequence[MappingRow], enabled: bool, stored: Values) -> bool:
    typed = {row.category: sorted(row.codes) for row in rows if row.codes or row.unread}
    return enabled != stored["enabled"] or typed != {name: sorted(codes) for name, codes in stored["codes"].items()}


def _contradict(
    request: ProgramRequest, event_type: EventType, rows: Sequence[MappingRow], enabled: bool
) -> HttpResponse:
    """The form as it was typed, beside what somebody else has saved meanwhile."""
    event_type.refresh_from_db(fields=["has_status_mapping"])
    stored = mapping_values(event_type)
    conflicts = mapping_conflicts(rows, enabled, stored)
    rows = kept_again(rows, stored)
    return _form(request, event_type, rows, enabled, seen=fingerprint(stored), status=409, conflicts=conflicts)


def _ask(
    request: ProgramRequest,
    event_type: EventType,
    rows: Sequence[MappingRow],
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


def _tracking_code(event_type: EventType, rows: Sequence[MappingRow]) -> dict[str, str]:
    """The code to copy, with the first code of the first category that has one."""
    status = next((code for row in rows for code in row.codes), "New")
    return {
        "call": conversion_call(event_type=event_type, base_url=settings.BASE_URL, status=status),
        "file": conversion_file(event_type=event_type, status=status),
    }
