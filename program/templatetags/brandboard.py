"""How figures, dates and icons are written on a page: the one place for signs, separators and digits."""

from collections.abc import Iterable
from datetime import date, datetime, time, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from html import escape
from typing import NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField
from django.template.base import Parser, Token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common.currencies import CURRENCY_DIGITS
from common.web.lists import PLACES

register = template.Library()

# Signs that cannot be mistaken for another currency of the same sign; all others are written as their code.
SIGNS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥", "INR": "₹", "KRW": "₩", "ILS": "₪", "UAH": "₴", "TRY": "₺"}
MINUS = "\N{MINUS SIGN}"
HANGING = 5  # digits below the smallest unit of a currency that have a place beside a receipt


@register.simple_tag
@lru_cache(maxsize=256)  # a page has a hundred, and looks up where the file lies for each
def icon(name: str) -> SafeString:
    """An icon of static/icons.svg; decoration only, so a control with nothing else needs an aria-label."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name)


@register.filter
def amount(value: Decimal | None, currency: str) -> str:
    """An amount without its currency, for a column whose head names it: 1,234.50 (GBP), 1,235 (JPY), − for minus.

    Digits below the currency's smallest unit are shown as they are: they are never rounded away on a page.
    """
    if value is None or value == "":
        return ""
    value = Decimal(value)
    exponent = value.normalize().as_tuple().exponent
    places = max(CURRENCY_DIGITS.get(currency, 2), -exponent if isinstance(exponent, int) else 0)
    return f"{value:,.{places}f}".replace("-", MINUS)


@register.filter
def money(value: Decimal | None, currency: str) -> str:
    """An amount in running text, with the currency's sign or code: £1,234.50, −£5.00, CHF 12.00."""
    text = amount(value, currency)
    if not text:
        return ""
    minus, figure = (MINUS, text[1:]) if text.startswith(MINUS) else ("", text)
    sign = SIGNS.get(currency)
    return f"{minus}{sign}{figure}" if sign else f"{minus}{currency}\N{NO-BREAK SPACE}{figure}"


@register.filter
def hung(value: Decimal | None, currency: str) -> SafeString:
    """An amount for a receipt's .amount: digits below the currency's smallest unit follow the others, in <i>.

    Of many, as in binary fractions, the first few are shown, and all of them in the title.
    """
    text = money(value, currency)
    places = CURRENCY_DIGITS.get(currency, 2)
    whole, point, digits = text.partition(".")
    if not places or len(digits) <= places:
        return format_html("{}", text)
    if len(digits) - places > HANGING:
        told = digits[places : places + HANGING - 1]
        return format_html('{}{}{}<i title="{}">{}…</i>', whole, point, digits[:places], text, told)
    return format_html("{}{}{}<i>{}</i>", whole, point, digits[:places], digits[places:])


@register.filter
def number(value: int | Decimal | None) -> str:
    """A count or a plain number with thousands separators and no trailing zeros: 1,318 or 2.5."""
    if value is None or value == "":
        return ""
    value = Decimal(value)
    text = f"{value:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", MINUS)


@register.filter
def share(value: Decimal | None) -> str:
    """A share or a change that was worked out, in percent, with one decimal always: 34.6%, 12.0%."""
    if value is None or value == "":
        return ""
    return f"{Decimal(value).quantize(Decimal('0.1'), ROUND_HALF_UP):,f}".replace("-", MINUS) + "%"


@register.filter
def day(value: date | datetime | None, zone: str | tzinfo | None = None) -> str:
    """A day as 21 Nov 2026; a moment is first brought to `zone` (an IANA name), else to the active time zone."""
    return _day(_local(value, zone)) if value else ""


@register.filter
def weekday(value: date | datetime | None, zone: str | tzinfo | None = None) -> str:
    """A day with its weekday, as Fri 20 Nov 2026; a moment as `day` reads it."""
    if not value:
        return ""
    local = _local(value, zone)
    return f"{local:%a} {_day(local)}"


@register.filter
def moment(value: datetime | None, zone: str | tzinfo | None = None) -> str:
    """A moment with its time zone, as 21 Nov 2026, 09:40 GMT, in `zone` (an IANA name), else in the active one."""
    if not value:
        return ""
    local = timezone.localtime(value, ZoneInfo(zone) if isinstance(zone, str) else zone)
    name = local.tzname() or ""
    # Zones without an abbreviation are named "+03": "UTC" before it makes it readable.
    return f"{_day(local)}, {local:%H:%M} {'UTC' + name if name[:1] in '+-' else name}"


@register.filter
def day_or_moment(value: datetime | None, zone: tzinfo) -> str:
    """A moment as its day alone where the day begins with it: 21 Nov 2026, else 21 Nov 2026, 09:40 GMT."""
    if value and timezone.localtime(value, zone).time() == time.min:
        return day(value, zone)
    return moment(value, zone)


def _day(local: date) -> str:
    return f"{local.day} {local:%b %Y}"


def _local(value: date | datetime, zone: str | tzinfo | None) -> date:
    if not isinstance(value, datetime):
        return value
    return timezone.localtime(value, ZoneInfo(zone) if isinstance(zone, str) else zone)


@register.filter
def control(field: BoundField, asked: str = "") -> SafeString:
    """The input of a form field with the class that our style sheet expects for its kind.

    Options: `switch` and `bare` change its looks, `spoken` gives it its label where none is visible.
    """
    words = asked.split()
    plain = field.widget_type in {"checkbox", "radioselect", "checkboxselectmultiple", "select"}
    attrs: dict[str, str | bool] = {} if plain or "bare" in words else {"class": "input"}
    if field.widget_type == "checkbox" and "switch" in words:
        attrs["role"] = "switch"
    if "spoken" in words:
        attrs["aria-label"] = str(field.label)
    return field.as_widget(attrs=attrs)


@register.filter
def slug_of(status: str | None) -> str:
    """The class suffix of a customer status: new, existing, reengaged, and other for all the rest."""
    known = {"new": "new", "existing": "existing", "re-engaged": "reengaged", "reengaged": "reengaged"}
    return known.get((status or "").strip().lower(), "other")


@register.filter
def as_cells(figures: Iterable[str]) -> SafeString:
    """Figures as cells of a table. A loop in the template takes ten times as long, and a page has hundreds of them."""
    return mark_safe("".join(f'<td class="num">{escape(figure)}</td>' for figure in figures))  # noqa: S308 (escaped)


@register.filter
def as_linked_cells(figures: Iterable[tuple[str, str]]) -> SafeString:
    """As `as_cells`, of pairs: a figure, and the address of the rows that it counts, or nothing."""
    cells = (
        f'<a href="{escape(url)}" hx-boost="false">{escape(figure)}</a>' if url else escape(figure)
        for figure, url in figures
    )
    return mark_safe("".join(f'<td class="num">{cell}</td>' for cell in cells))  # noqa: S308 (escaped)


@register.filter
def as_check_boxes(options: Iterable[tuple[str, str, bool]], name: str) -> SafeString:
    """Values, words and whether chosen as check boxes: a filter by partner has one for each of thousands."""
    boxes = (
        f'<label class="row"><input type="checkbox" name="{escape(name)}" value="{escape(str(value))}"'
        f"{' checked' if chosen else ''}>{escape(words)}</label>"
        for value, words, chosen in options
    )
    return mark_safe("".join(boxes))  # noqa: S308 (escaped)


@register.filter
def as_items(rows: Iterable[object]) -> SafeString:
    """Each as it reads, as items of a list: there may be ten thousand."""
    return mark_safe("".join(f"<li>{escape(str(row))}</li>" for row in rows))  # noqa: S308 (escaped)


@register.simple_tag(takes_context=True)
def sort_head(
    context: template.Context,
    label: str,
    key: str,
    sort: str,
    num: object = None,
    kept: object = None,
    mark: str = "",
    under: str = "",
    falls: object = None,
) -> SafeString:
    """A head cell that sorts: `key` is the value of ?sort= (a minus before it is descending), `sort` the current one.

    `under`: its second line; `num`: a column of figures; `falls`: the first click puts the largest first; `kept`: in
    sight while a wide table moves; `mark`: the colour of the customer status that the column is of.
    """
    descending = f"-{key}"
    first, second = (descending, key) if falls else (key, descending)
    asked = {name: values for name, values in context["request"].GET.lists() if name not in PLACES}
    query = asked | {"sort": [second if sort == first else first]}
    aria, drawn = {key: ("ascending", "arrow-up"), descending: ("descending", "arrow-down")}.get(sort, ("", "sort"))
    names = " ".join(name for name, has in (("num", num), ("kept", kept)) if has)
    looks = (f' class="{names}"' if names else "") + (f' aria-sort="{aria}"' if aria else "")
    url = f"?{urlencode(query, doseq=True)}"
    heads: list[SortHead] | None = context.get("sort_heads")
    if heads is not None:
        words = f"{label}{', ' if under[0].isdigit() else ' '}{under}" if under else label  # 30 days of it, or one name
        heads.append(SortHead(words, url, aria, drawn))
    address = escape(url)
    words = f'<span class="status status-{mark}">{escape(label)}</span>' if mark else escape(label)
    words = f"<span>{words}<br>{escape(under)}</span>" if under else words
    return mark_safe(f'<th scope="col"{looks}><a class="sort" href="{address}">{words}{icon(drawn)}</a></th>')  # noqa: S308 (escaped)


class SortHead(NamedTuple):
    """A head of a table that sorts, as an entry of the menu that stands for the heads on a narrow screen."""

    label: str
    url: str
    order: str  # "ascending" or "descending" where the rows are in its order
    icon: str


class SortableNode(template.Node):
    """What `sortable` makes of the table in it."""

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        """The table, beneath a menu of the same links as its heads."""
        heads: list[SortHead] = []
        with context.push(sort_heads=heads):
            table = self.nodelist.render(context)
        current = next((head for head in heads if head.order), None)
        return render_to_string("components/sort_menu.html", {"heads": heads, "current": current}) + table


@register.tag
def sortable(parser: Parser, token: Token) -> SortableNode:
    """Around a table that is cards on a narrow screen, where its heads are hidden: there it is sorted by a menu."""
    nodelist = parser.parse(("endsortable",))
    parser.delete_first_token()
    return SortableNode(nodelist)
