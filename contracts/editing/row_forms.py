"""The form of a payout group, adjustment or restriction: the rule that it begins with, and what is shown beside it."""

from typing import Any

from django.forms import Form

from common.web.lists import number_of
from contracts.models import EventPayout
from contracts.rule_builder.builder import builder_of
from contracts.rule_builder.typed_rules import TypedRules
from contracts.sections.lists.ranked_lists import Kind, Preset
from program.frame.request import ProgramRequest
from program.models import CustomerTag

from .forms import PlaceForm
from .row_lists import place_of_new
from .terms_page import terms_url

# A new row begins with the rule that most of them have; it holds nothing until a value is typed.
BLANK = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": []}
BY_TAG, TAG_RULE = "customer-tag", {"Variable": "CUSTOMER_TAG", "Operator": "BELONGS_TO"}


def first_rule(request: ProgramRequest, kind: Kind) -> dict[str, Any]:
    """The rule that a new row begins with: of ?preset=, by tag with the ?tag= of that number."""
    if request.GET.get("preset") == BY_TAG:
        tags = CustomerTag.objects.filter(program=request.program, pk=number_of(request, "tag") or 0)
        return {**TAG_RULE, "Values": list(tags.values_list("name", flat=True))}
    preset = preset_of(request, kind)
    return preset.rule if preset else BLANK


def preset_of(request: ProgramRequest, kind: Kind) -> Preset | None:
    asked = request.GET.get("preset")
    return next((preset for preset in kind.presets if preset.key == asked), None)


def row_context(event_payout: EventPayout, kind: Kind, row: Any) -> dict[str, Any]:
    """What every question about a row shows."""
    return {
        "template_terms": event_payout.template_terms,
        "event_payout": event_payout,
        "kind": kind,
        "row": row,
        "back_url": terms_url(event_payout, kind.slug),
    }


def form_context(
    event_payout: EventPayout,
    kind: Kind,
    row: Any,
    form: Form,
    typed: TypedRules,
    place: PlaceForm | None = None,
) -> dict[str, Any]:
    """What the form of a row shows; of a new one also where it will be in a list of several pages."""
    place = place if kind.is_named else None
    new = place_of_new(event_payout, kind) if row is None else None
    if new and place:
        place.say(new)
    return {
        **row_context(event_payout, kind, row),
        "form": form,
        "place": place,
        "new_place": None if place else new,
        "builder": builder_of(event_payout, kind, typed),
        "is_item_level": event_payout.payout_level == EventPayout.Level.ITEM,
    }
