"""Customer status mapping of an event type: switched on after a warning, as it changes the tracking code."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from program.access import event_type_for_edit, event_type_for_view
from program.models import EventType
from program.services.event_types import set_customer_status_mapping
from program.services.status_map import CATEGORIES, join_codes, read_mapping, split_codes
from program.tracking_code import conversion_call, conversion_file


@dataclass(frozen=True)
class MappingRow:
    """One category as the form shows it: the three that everybody knows have a fixed name."""

    category: str
    codes: str

    @property
    def is_fixed(self) -> bool:
        return self.category in CATEGORIES


@require_http_methods(["GET", "HEAD", "POST"])
def event_type_mapping(request: HttpRequest, program_id: int, pk: int) -> HttpResponse:
    """The mapping's page. Saving it switched on for the first time is asked about once more, with what follows."""
    gate = event_type_for_edit if request.method == "POST" else event_type_for_view
    event_type = gate(request, program_id, pk)
    if request.method != "POST":
        return _form(request, event_type, _stored(event_type), event_type.has_status_mapping)
    rows, enabled = _typed(request.POST), "enabled" in request.POST
    if "add" in request.POST:
        return _form(request, event_type, rows, enabled, empty=request.POST.getlist("category").count("") + 1)
    try:
        mapping = _mapping(rows)
        read_mapping(mapping)
        if enabled and not event_type.has_status_mapping and "confirmed" not in request.POST:
            return _warning(request, event_type, rows)
        set_customer_status_mapping(event_type=event_type, mapping=mapping, enabled=enabled)
    except ValidationError as refusal:
        return _form(request, event_type, rows, enabled, errors=refusal.messages)
    messages.success(
        request, f"The customer status mapping of {event_type.name} is {'in force' if enabled else 'off'}."
    )
    return redirect("program:event_type_mapping", program_id, pk)


def _form(
    request: HttpRequest,
    event_type: EventType,
    rows: list[MappingRow],
    enabled: bool,
    *,
    errors: list[str] | None = None,
    empty: int = 1,
) -> HttpResponse:
    """The form, closed by empty rows for categories of the brand's own."""
    context = {
        "event_type": event_type,
        "rows": [*rows, *[MappingRow("", "")] * min(empty, 50)],
        "enabled": enabled,
        "errors": errors or [],
        **_tracking_code(request, event_type, rows),
    }
    template = "program/event_type_mapping.html" + ("#mapping" if request.htmx else "")  # type: ignore[attr-defined]
    return render(request, template, context, status=422 if errors else 200)


def _warning(request: HttpRequest, event_type: EventType, rows: list[MappingRow]) -> HttpResponse:
    """The step between the toggle and the change: a dialog over the page, a page of its own without script."""
    context = {"event_type": event_type, "rows": rows, **_tracking_code(request, event_type, rows)}
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "program/event_type_mapping_warning.html", context)
    response = render(request, "program/event_type_mapping_warning.html#warning", context)
    response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    return response


def _stored(event_type: EventType) -> list[MappingRow]:
    codes: dict[str, list[str]] = {category: [] for category in CATEGORIES}
    for row in event_type.customerstatusmapping_set.all():
        codes.setdefault(row.category, []).append(row.code)
    return [MappingRow(category, join_codes(values)) for category, values in codes.items()]


def _typed(data: QueryDict) -> list[MappingRow]:
    pairs = zip(data.getlist("category"), data.getlist("codes"), strict=False)
    typed = [(category.strip(), codes.strip()) for category, codes in pairs]
    rows: list[MappingRow] = []
    for category, codes in typed:
        # A category that stands above already is given its codes there.
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


def _tracking_code(request: HttpRequest, event_type: EventType, rows: list[MappingRow]) -> dict[str, str]:
    """The code to copy, with the first code of the first category that has one."""
    codes = [code for row in rows for code in row.codes.split(",") if code.strip()]
    status = codes[0].strip(' "') if codes else "New"
    return {
        "call": conversion_call(
            event_type=event_type, base_url=f"{request.scheme}://{request.get_host()}", status=status
        ),
        "file": conversion_file(event_type=event_type, status=status),
    }
