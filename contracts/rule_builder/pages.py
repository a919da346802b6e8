"""Parts that the rule builder asks for as one types: values to choose from, what rules say, the other way to type."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from common.web.lists import number_of, text_of
from contracts.access import event_payout_for_edit, event_payout_for_view
from contracts.engine.rules.fields import VARIABLES
from contracts.sections.lists.ranked_lists import Kind
from program.choices.kinds import MOST
from program.frame.request import ProgramRequest

from .builder import builder_of, said_of
from .typed_rules import as_rows, as_text, posted_rules
from .values import as_typed, values_of

LONGEST = 100  # characters
FURTHEST = 100_000  # values; nobody scrolls so far


@require_safe
def rule_value_list(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """At most 25 values of ?variable= with ?q= in them, from ?start= on.

    They are spelled as in a rule, or with ?plain=1 as an order has them.
    """
    event_payout = event_payout_for_view(request.principal, program_id, pk)
    about = VARIABLES.get(text_of(request, "variable"))
    text = " ".join(text_of(request, "q").split())[:LONGEST]
    start = min(number_of(request, "start") or 0, FURTHEST)
    found = values_of(event_payout.event_type, about, text, start) if about else []
    if request.GET.get("plain") != "1":
        found = list(map(as_typed, found))
    context = {
        "found": found[:MOST],
        "next": start + MOST if len(found) > MOST else 0,
        "text": text,
        "start": start,
        "takes_other": about is None or about.type not in ("bool", "list"),
    }
    return render(request, "program/choices.html", context)


@require_POST
def rule_check(request: ProgramRequest, program_id: int, pk: int, kind: Kind) -> HttpResponse:
    """What the rules say as they stand, and what is worth a second look. Nothing is stored."""
    event_payout = event_payout_for_edit(request.principal, program_id, pk)
    typed = posted_rules(request.POST)
    said = said_of(event_payout, typed)
    typed.errors = said.errors
    context = {"said": said, "typed": typed}
    return render(request, "components/rule_builder.html#rule-words", context)


@require_POST
def rule_convert(request: ProgramRequest, program_id: int, pk: int, kind: Kind) -> HttpResponse:
    """The same rules as text, or in rows where the text can be read (`to`: text or rows). Nothing is stored."""
    event_payout = event_payout_for_edit(request.principal, program_id, pk)
    typed = posted_rules(request.POST)
    typed = as_text(typed) if request.POST.get("to") == "text" else as_rows(typed)
    context = {
        "builder": builder_of(event_payout, kind, typed),
        "event_payout": event_payout,
        "kind": kind,
        "focus": "yes",
    }
    return render(request, "contracts/_rule_builder.html", context)
