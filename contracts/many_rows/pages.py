"""Changes of many rows of a draft's list: of those that are ticked, or of all that the search finds."""

from collections.abc import Collection

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget

from common.db.edits import Stale
from common.refusals import Refused
from common.requests.form_limits import takes_rows
from common.web.lists import numbers_of
from contracts.access import event_payout_for_edit
from contracts.drafts.ranks import order_token, ranked_ids
from contracts.editing.terms_page import GONE, answer_list
from contracts.models import BulkChange, EventPayout
from contracts.sections.lists.ranked_lists import Kind
from program.frame.request import ProgramRequest

from .forms import PayForm
from .found_rows import RowFilter
from .services import delete_many, pay_many, switch_many, undo_change

NO_VALUE = "Write what they are to pay, a number such as 7.5."


@takes_rows
@require_POST
def row_bulk(request: ProgramRequest, program_id: int, pk: int, kind: Kind) -> HttpResponse:
    """Delete rows, switch them on or off, or change what they pay (`do`: delete, on, off, pay): the ticked ones, or
    with `every` all that the search finds. Or take back the last such change (`do`: undo).
    """
    event_payout = event_payout_for_edit(request.principal, program_id, pk)
    try:
        if request.POST.get("do") == "undo":
            undone = undo_change(event_payout=event_payout, kind=kind.model)
            return answer_list(request, event_payout, kind, said=f"Undone: {undone.said}")
        change = _change(request, event_payout, kind, _ids(request, event_payout, kind))
    except Stale as stale:
        return answer_list(request, event_payout, kind, problem=str(stale) or GONE, status=409)
    except Refused as refused:
        if request.htmx:
            return _refusal(request, kind, str(refused))
        return answer_list(request, event_payout, kind, problem=str(refused), status=422)
    return answer_list(request, event_payout, kind, said="" if request.htmx else change.said)


def _refusal(request: ProgramRequest, kind: Kind, problem: str) -> HttpResponse:
    """What is wrong, for the bar of the selected rows alone: the ticks, and what was typed, stay as they are."""
    response = render(request, "contracts/_bulk_refusal.html", {"problem": problem}, status=422)
    retarget(response, f"#{kind.slug}-refused")
    return reswap(response, "innerHTML")


def _ids(request: ProgramRequest, event_payout: EventPayout, kind: Kind) -> Collection[int]:
    """Raises Stale where all are meant, and the list is not the one that was shown."""
    if "every" not in request.POST:
        return numbers_of(request, "row")
    if request.POST.get("seen") != order_token(ranked_ids(event_payout=event_payout, kind=kind.model)):
        raise Stale
    rows = kind.model.objects.filter(event_payout=event_payout)
    return list(RowFilter.asked(request.POST).of(rows).values_list("pk", flat=True))


def _change(request: ProgramRequest, event_payout: EventPayout, kind: Kind, ids: Collection[int]) -> BulkChange:
    def words(did: str, count: int) -> str:
        return f"{count:,} {kind.noun if count == 1 else kind.nouns} {did}."

    do = request.POST.get("do")
    if do == "pay" and kind.is_named:
        form = PayForm(request.POST)
        if not form.is_valid():
            raise Refused(NO_VALUE)
        did = form.words(event_payout.currency)
        return pay_many(event_payout=event_payout, ids=ids, words=lambda count: words(did, count), **form.values())
    if do == "delete":
        return delete_many(
            event_payout=event_payout, kind=kind.model, ids=ids, words=lambda count: words("deleted", count)
        )
    did = "switched on" if do == "on" else "switched off"
    return switch_many(
        event_payout=event_payout, kind=kind.model, ids=ids, on=do == "on", words=lambda count: words(did, count)
    )
