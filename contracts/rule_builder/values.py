"""Values to complete in a rule: what orders were received with, and what the program knows by name."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, Func, IntegerField, Max, OuterRef, Q, Sum, When

from common.formats.comparison import compared
from contracts.engine.orders.countries import country_code
from contracts.engine.rules.fields import Variable
from contracts.engine.rules.text import format_values
from program.choices.kinds import MOST, Choice, matching
from program.event_types.received_codes import received_codes
from program.media_sources.services import listed_sources
from program.models import (
    CatalogItem,
    Channel,
    CustomerTag,
    EventType,
    ExceptionList,
    ExceptionListItem,
    Partner,
    PartnerGroup,
    ReceivedValue,
)
from program.partners.countries import NAMES_BY_CODE, country_name
from program.templatetags.brandboard import day, number
from program.uses import statuses_of

from .asked_lists import kind_of
from .received import since

MOST_COUNTED = 1_000  # entries of a list: more are not worth a wait while somebody types
_CATALOG = {
    "ITEM_CATALOG_MANUFACTURER": "manufacturer",
    "ITEM_CATALOG_CATEGORY": "category",
    "ITEM_CATALOG_SUBCATEGORY": "subcategory",
    "ITEM_CATALOG_ORIGINAL_FORMAT_CATEGORY": "original_format_category",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A value with the orders of the last 30 days that had it, and the day of the latest."""

    value: str
    orders: int
    last: date | None


def values_of(event_type: EventType, about: Variable, text: str, start: int) -> list[Choice]:
    """Values of the variable with the text in them, from this one on: one more than 25 where there are more."""
    return [each for each in _finder(about)(event_type, about, text, start) if each.value.strip()]


def as_typed(choice: Choice) -> Choice:
    """A value spelled as it is typed into a rule, in quotes where it has a comma."""
    return choice._replace(value=format_values([choice.value]))


type Finder = Callable[[EventType, Variable, str, int], list[Choice]]


def _finder(about: Variable) -> Finder:
    if about.key in _CATALOG:
        return _of_catalog
    match about.type:
        case "status":
            return _statuses
        case "country":
            return _countries
        case "tags":
            return _tags
        case "list":
            return _lists
        case "bool":
            return lambda *asked: matching([(Choice(each, each), []) for each in ("yes", "no")], *asked[2:])
        case "text" | "currency":
            return _received
    return lambda *_: []


def _received(event_type: EventType, about: Variable, text: str, start: int) -> list[Choice]:
    """The most frequent first, those of the last 30 days before others."""
    rows = ReceivedValue.objects.of(event_type, about.key).exclude(value="")
    if text:
        rows = rows.filter(value__icontains=text)
    counted = rows.values_list("value").annotate(
        sum=Sum("orders", filter=Q(day__gte=since(event_type)), default=0), last=Max("day")
    )
    page = counted.order_by("-sum", "-last", "value")[start : start + MOST + 1]
    return [_choice(value, value, Seen(value, orders, last)) for value, orders, last in page]


def _choice(value: str, words: str, seen: Seen | None) -> Choice:
    if seen is None or seen.last is None:
        return Choice(value, words, "not received yet")
    if not seen.orders:
        return Choice(value, words, f"last {day(seen.last)}")
    orders = "1 order" if seen.orders == 1 else f"{number(seen.orders)} orders"
    return Choice(value, words, f"{orders}, last {day(seen.last)}")


def _statuses(event_type: EventType, about: Variable, text: str, start: int) -> list[Choice]:
    """The categories, with what was received of their codes, then codes that no category has."""
    codes = received_codes(event_type).codes
    categories = dict.fromkeys(["New", "Existing", "Re-Engaged", *event_type.statuses()])
    meant = statuses_of(event_type.statuses(), [each.code for each in codes])
    seen: dict[str, Seen] = {}
    for each in codes:
        name = meant.get(each.code) or each.code
        known = seen.get(name) or Seen(name, 0, None)
        last = max(filter(None, (known.last, each.last_seen)))
        seen[name] = Seen(name, known.orders + each.orders, last)
    names = [*categories, *(name for name in seen if name not in categories)]
    return matching([(_choice(name, name, seen.get(name)), []) for name in names], text, start)


def _countries(event_type: EventType, about: Variable, text: str, start: int) -> list[Choice]:
    """Those that were received, the most frequent first, then all others by name."""
    rows = ReceivedValue.objects.of(event_type, about.key).values_list("value")
    counted = rows.annotate(sum=Sum("orders", filter=Q(day__gte=since(event_type)), default=0), last=Max("day"))
    seen: dict[str, Seen] = {}
    for value, orders, last in counted.order_by():
        code = country_code(value) or value
        known = seen.get(code)
        seen[code] = Seen(code, orders + (known.orders if known else 0), max(last, known.last) if known else last)
    frequent = sorted(seen.values(), key=lambda each: (-each.orders, each.value))
    listed = [(_choice(name := _country(each.value), name, each), [each.value]) for each in frequent]
    others = sorted((country_name(code), code) for code in NAMES_BY_CODE if code not in seen)
    listed += [(Choice(name, name, code), [code, *NAMES_BY_CODE[code]]) for name, code in others]
    return matching(listed, text, start)


def _country(code: str) -> str:
    return country_name(code) if code in NAMES_BY_CODE else code


def _tags(event_type: EventType, about: Variable, text: str, start: int) -> list[Choice]:
    """Customer tags, or what a path names: channels, partner groups, and partners with unpaid sources."""
    program = event_type.program
    if about.key == "CUSTOMER_TAG":
        return _of_names(CustomerTag.objects.filter(program=program).values_list("name", flat=True), text, start)
    if about.key.endswith("_CHANNELS"):
        return _of_names(Channel.values, text, start)
    if about.key.endswith("_GROUPS"):
        return _of_names(PartnerGroup.objects.filter(program=program).values_list("name", flat=True), text, start)
    sources = ((each.name, "unpaid source") for each in listed_sources(program))
    partners = Partner.objects.filter(program=program, name__icontains=text).order_by("name")
    named = partners.values_list("name", "media_partner_id")[: start + MOST + 1]
    choices = [Choice(name, name, detail) for name, detail in _distinct([*named, *sources])]
    return matching([(choice, []) for choice in choices], text, start)


def _distinct(named: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for name, detail in named:
        if (form := compared(name)) not in seen:
            seen.add(form)
            yield name, detail


def _of_names(names: Iterable[str], text: str, start: int) -> list[Choice]:
    return matching([(Choice(name, name), []) for name in names], text, start)


def _lists(event_type: EventType, about: Variable, text: str, start: int) -> list[Choice]:
    """Exception lists that are open: those that hold what the variable looks up first, each with its entries."""
    rows = ExceptionList.objects.filter(program=event_type.program_id, closed_at=None, name__icontains=text)
    fits = Case(When(kind=kind_of(about), then=0), default=1)
    some = ExceptionListItem.objects.filter(exception_list=OuterRef("pk")).order_by().values("pk")[: MOST_COUNTED + 1]
    counted = Func(ArraySubquery(some), function="cardinality", output_field=IntegerField())
    page = rows.order_by(fits, "name").annotate(entries=counted)[start : start + MOST + 1]
    return [Choice(row.name, row.name, _holds(row, row.entries, about)) for row in page]


def _holds(row: ExceptionList, entries: int, about: Variable) -> str:
    """How many entries a list has, and what they are where the variable looks up something else."""
    counted = f"over {number(MOST_COUNTED)}" if entries > MOST_COUNTED else number(entries)
    kind = "" if row.kind == kind_of(about) else f"{row.get_kind_display()}, "
    return f"{kind}{counted} {'entry' if entries == 1 else 'entries'}"


def _of_catalog(event_type: EventType, about: Variable, text: str, start: int) -> list[Choice]:
    """What the product catalog says, with how many SKUs have it."""
    name = _CATALOG[about.key]
    rows = CatalogItem.objects.filter(program=event_type.program_id, **{f"{name}__icontains": text})
    counted = rows.exclude(**{name: ""}).order_by().values_list(name).annotate(skus=Count("pk")).order_by("-skus", name)
    page = counted[start : start + MOST + 1]
    return [Choice(value, value, "1 SKU" if skus == 1 else f"{number(skus)} SKUs") for value, skus in page]
