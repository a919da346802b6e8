"""What orders were received with, for rules that ask for it: which variables, and which values never."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection
from django.utils import timezone

from common.formats.comparison import compared
from common.formats.nearest import nearest
from contracts.engine.orders.countries import country_code
from contracts.engine.rules.fields import VARIABLES, variable
from contracts.engine.rules.predicates import matches
from contracts.engine.rules.rule import Rule
from program.models import EventType, ReceivedValue

DAYS = 30
NAMED = 3  # values of one variable that the sentence names
MOST_NEAREST = 2_000  # of more values finding the nearest takes too long
_POSITIVE = {"IS_NOT": "IS", "NOT_CONTAINS": "CONTAINS"}
_HOW = {"CONTAINS": "containing", "STARTS_WITH": "starting with", "ENDS_WITH": "ending with"}
_COUNTED = [each.key for each in VARIABLES.values() if each.is_counted and each.key != "CUSTOMER_STATUS"]
_RECEIVED = """
    SELECT asked FROM unnest(%s::text[]) AS asked WHERE EXISTS (
        SELECT FROM program_receivedvalue
        WHERE program_id = %s AND event_type_id = %s AND variable = asked AND day >= %s)
"""


def since(event_type: EventType) -> date:
    """The first of the last 30 days, today among them."""
    return timezone.localdate(timezone=event_type.program.zone) - timedelta(days=DAYS - 1)


def received_variables(event_type: EventType) -> frozenset[str]:
    """The variables that orders of the last 30 days had a value of, of those whose values are counted."""
    with connection.cursor() as cursor:
        cursor.execute(_RECEIVED, [_COUNTED, event_type.program_id, event_type.pk, since(event_type)])
        return frozenset(key for (key,) in cursor.fetchall())


@dataclass(slots=True)
class Unreceived:
    """What no order was received with: values by rule, each with the nearest one that was, and whole variables."""

    values: dict[Rule, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    variables: set[str] = field(default_factory=set)

    def of(self, rules: Iterable[Rule], besides: Sequence[str] = ()) -> str:
        """All of it in one sentence, of these rules, but for values that something was said of already; or nothing."""
        asked: dict[str, dict[str, str]] = {}
        for rule in rules:
            label = variable(rule.variable).label
            if rule.variable in self.variables:
                asked.setdefault(label, {})
            for value, meant in self.values.get(rule, ()):
                if not any(f"“{value}”" in said_already for said_already in besides):
                    how = _HOW.get(_POSITIVE.get(rule.operator, rule.operator), "")
                    asked.setdefault(f"{label} {how}".rstrip(), {})[value] = meant
        if not asked:
            return ""
        named = " or with ".join(f"{what} {_either(values)}".rstrip() for what, values in asked.items())
        offered = dict.fromkeys(meant for values in asked.values() for meant in values.values() if meant)
        question = f"; did you mean {' or '.join(offered)}?" if offered else ""
        return f"no order of the last 400 days came with {named}{question}"


def _either(values: Iterable[str]) -> str:
    """The first values, and how many there are besides."""
    quoted = [f"“{value}”" for value in values]
    if len(quoted) > NAMED:
        quoted = [*quoted[: NAMED - 1], f"{len(quoted) - NAMED + 1} more"]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def unreceived(event_type: EventType, rules: Iterable[Rule]) -> Unreceived:
    """What these rules ask for and no order was received with; nothing while no orders were received at all.

    Values of customer status are categories, not what is received; numbers, dates, tags and lists are not counted.
    """
    asked = [(rule, value) for rule in dict.fromkeys(rules) if _is_asked(rule) for value in rule.values]
    found = Unreceived()
    if not asked:
        return found
    stored = ReceivedValue.objects.filter(program=event_type.program_id, event_type=event_type)
    as_written = stored.filter(variable__in={rule.variable for rule, _ in asked}, value__in={each for _, each in asked})
    present = {(key, compared(value)) for key, value in as_written.values_list("variable", "value").distinct()}
    rest = [(rule, value) for rule, value in asked if (rule.variable, compared(value)) not in present]
    if not rest or not stored.exists():
        return found
    received: dict[str, list[str]] = defaultdict(list)
    rows = stored.filter(variable__in={rule.variable for rule, _ in rest}).values_list("variable", "value").distinct()
    for key, value in rows:
        received[key].append(value)
    for rule, value in rest:
        values = received.get(rule.variable, [])
        if not values:
            found.variables.add(rule.variable)
        elif len(values) < ReceivedValue.MOST and not _is_among(rule, value, values):
            found.values[rule].append((value, _meant(value, values)))
    return found


def _is_asked(rule: Rule) -> bool:
    about = variable(rule.variable)
    return about.is_counted and about.type != "status"


def _is_among(rule: Rule, value: str, received: Sequence[str]) -> bool:
    about = variable(rule.variable)
    one = Rule(rule.variable, _POSITIVE.get(rule.operator, rule.operator), (value,))
    if about.type == "country":
        received = [country_code(each) or each for each in received]
    return any(matches(one, each) for each in received)


def _meant(value: str, received: Sequence[str]) -> str:
    return (nearest(value, received) or "") if len(received) <= MOST_NEAREST else ""
