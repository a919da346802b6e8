"""Orders by their ids, for search: what was credited, and of the rest what has just that id."""

import re
from urllib.parse import urlencode

from django.db.models import F, Value
from django.urls import reverse

from program.models import Program
from program.search.sources import MOST, Found, Hit, with_more
from program.templatetags.brandboard import day, money
from tracking.models import Action, Conversion
from tracking.models.conversion import order_key


def orders(program: Program, text: str) -> Found:
    """Actions whose order id begins with the text, in the case typed, in capitals or in small letters; an action id;
    and conversions that made no action. The index of order ids answers each without reading any further.
    """
    hits = [_hit(program, row, text) for row in _actions(program, text)]
    hits += [
        Hit(
            row.order_id,
            reverse("tracking:conversion_detail", args=[program.pk, row.pk]),
            detail=f"{day(row.event_date, program.time_zone)}, {row.get_reason_display()}",
            icon="waiting",
            is_exact=True,
        )
        for row in _without_action(program, text)
    ]
    hits.sort(key=lambda hit: not hit.is_exact)
    more = f"{reverse('tracking:action_list', args=[program.pk])}?{urlencode({'q': text})}"
    return with_more("Orders", hits, more)


def _actions(program: Program, text: str) -> list[Action]:
    actions = Action.objects.filter(program=program).select_related("partner").defer("context", "order_state")
    queries = [
        # In the order of the index: each stops after a few rows.
        actions.filter(order_id__startswith=each).order_by("order_id", "-pk")[: MOST + 1]
        for each in dict.fromkeys((text, text.upper(), text.lower()))
    ]
    if number := _action_number(program, text):
        queries.append(actions.filter(pk=number).order_by("order_id", "-pk")[:1])
    first, *others = queries
    found = first.union(*others, all=True).order_by() if others else first
    return sorted({action.pk: action for action in found}.values(), key=lambda action: (action.order_id, -action.pk))


def _without_action(program: Program, text: str) -> list[Conversion]:
    """Of this very id, found by the index of the de-duplication; a duplicate is not in it."""
    of_order = Conversion.objects.alias(order_key=order_key(F("order_id"))).filter(
        order_key=order_key(Value(text)), order_id=text, program=program
    )
    return list(
        of_order.exclude(state=Conversion.State.DUPLICATE).exclude(order_id="").unpriced().defer("payload")[:MOST]
    )


def _action_number(program: Program, text: str) -> int | None:
    """Of an action id as the API writes it, such as 1000.5.123."""
    match = re.fullmatch(r"(\d{1,9})\.\d{1,18}\.(\d{1,18})", text, re.ASCII)
    return int(match[2]) if match and int(match[1]) == program.pk else None


def _hit(program: Program, action: Action, text: str) -> Hit:
    words = [
        action.partner.name,
        day(action.event_date, program.time_zone),
        f"{money(action.payout, action.currency)} payout",
        "test order" if action.is_test else "",
    ]
    return Hit(
        action.order_id or action.action_id,
        reverse("tracking:action_detail", args=[program.pk, action.pk]),
        detail=", ".join(filter(None, words)),
        icon="actions",
        is_exact=text.casefold() in (action.order_id.casefold(), action.action_id),
    )
