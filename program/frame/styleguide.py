"""The style guide: every component in every state, for developers. Served in DEBUG only."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from common.web.edit_forms import Conflict
from common.web.field_messages import Worded
from common.web.filters import Chip, FilterField, chip_of
from program.models.customer import CustomerTag, TagColor

from .recent_figures import RecentFigures

COLOURS = (
    "canvas", "surface", "sunken", "hover", "raised", "chip", "line", "line-mid", "line-input", "text", "text-2",
    "text-3", "accent", "accent-hover", "accent-tint", "accent-line", "on-accent", "focus", "ok", "ok-tint", "warn",
    "warn-tint", "bad", "bad-tint", "info", "info-tint", "tag-blue", "tag-blue-tint", "tag-green", "tag-green-tint",
    "tag-amber", "tag-amber-tint", "tag-red", "tag-red-tint", "tag-purple", "tag-purple-tint", "tag-teal",
    "tag-teal-tint", "tag-pink", "tag-pink-tint", "chart-new", "chart-existing", "chart-reengaged",
    "chart-other", "chart-own1", "chart-own2", "chart-own3", "chart-own4", "chart-own5",
    "chart-own6",
)  # fmt: skip
SIZES = (("26", "Page title"), ("20", "Section"), ("16", "Figure"), ("14", "Text"), ("13", "Table"), ("12", "Label"))
SPACES = ((1, 4), (2, 8), (3, 12), (4, 16), (5, 20), (6, 24), (8, 32), (10, 40))
STATUSES = [("New", "new"), ("Existing", "existing"), ("Re-Engaged", "reengaged"), ("Other", "other")]


STATE_FILTER = FilterField(
    "state", "State", options=[("PENDING", "Pending"), ("APPROVED", "Approved")], value="PENDING"
)
TAGS = [CustomerTag(pk=pk, name=label, color=color) for pk, (color, label) in enumerate(TagColor.choices, 1)]
TAGS.append(CustomerTag(pk=9, name="Archived", archived_at=datetime(2026, 11, 1, tzinfo=UTC)))
CANCELLED_AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


# As contracts has it, which this app cannot import.
BUILDER = {
    "typed": {
        "text": None,
        "rows": [
            {"variable": "CUSTOMER_STATUS", "label": "Customer Status", "operator": "IS", "values": "New"},
            {"variable": "REFERRAL_URL", "label": "Referral URL", "operator": "IS", "values": "*news*"},
        ],
    },
    "said": {
        "rules": [
            {"words": "Customer Status is", "values": ["New"]},
            {"words": "Referral URL is", "values": ["*news*"]},
        ],
        "findings": [{"sentence": "No order with Referral URL was received in the last 400 days."}],
    },
    "sign": "£",
    "variables": [
        {
            "key": key, "label": label, "type": type_, "family": family, "parameter": parameter, "meaning": meaning,
            "missing": missing, "is_used": is_used,
        }
        for key, label, type_, family, parameter, meaning, missing, is_used in (
            ("CUSTOMER_STATUS", "Customer Status", "status", "Customer", "CustomerStatus", "what a code means", "", 1),
            ("CUSTOMER_TAG", "Customer Tag", "tags", "Customer", "CustomerTags", "tags of the customer", "", 0),
            ("ORDER_TOTAL", "Order Total", "money", "Order", "", "sale amount plus tax", "", 0),
            ("DATE1", "Date1", "date", "Your own fields", "Date1", "a date of your own", "", 0),
            ("REFERRAL_URL", "Referral URL", "text", "Referral", "ReferralUrl", "page that the click came from",
             "no file of regions is set", 1),
        )
    ],
    "operators": [
        {"key": key, "label": label, "types": types, "first": first, "takes": takes}
        for key, label, types, first, takes in (
            ("IS", "is", "status text date", "status text", "many"),
            ("IS_NOT", "is not", "status text", "", "many"),
            ("GREATER_OR_EQUAL", "≥", "money number", "money number", "one"),
            ("ON_OR_AFTER", "on or after", "date", "date", "one"),
            ("BETWEEN", "is between", "money number date", "", "two"),
            ("BELONGS_TO", "belongs to", "tags", "tags", "many"),
            ("IS_PRESENT", "is present", "status text money number date tags", "", "none"),
        )
    ],
}  # fmt: skip


class SampleForm(Worded):
    name = forms.CharField(initial="Standard 2026", help_text="As lists, contracts and actions call them.")
    rate = forms.DecimalField(label="Payout rate", max_value=100)
    status = forms.ChoiceField(label="Customer Status", choices=[("New", "New"), ("Existing", "Existing")])
    comment = forms.CharField(widget=forms.Textarea({"rows": 3}), required=False, help_text="Partners read it.")
    level = forms.ChoiceField(
        label="Payout level", widget=forms.RadioSelect, choices=[("ORDER", "The order"), ("ITEM", "Each item")]
    )
    file = forms.FileField(label="Orders", required=False)
    is_active = forms.BooleanField(label="Active", required=False, initial=True)


def styleguide(request: HttpRequest) -> HttpResponse:
    days = [date(2026, 11, 20) - timedelta(days=n) for n in reversed(range(30))]
    values = [[str((n * (7 + index) + index * 13) % 31 + 4) for n in range(30)] for index in range(4)]
    return render(
        request,
        "styleguide.html",
        {
            "colours": COLOURS,
            "sizes": SIZES,
            "spaces": SPACES,
            "form": SampleForm(),
            "tags": TAGS,
            "chosen": {"2"},
            "wrong": SampleForm({"rate": "120", "name": "Standard 2026"}, auto_id="wrong_%s"),
            "switch": SampleForm(auto_id="switch_%s"),
            "recent": [
                RecentFigures("GBP", 229, Decimal("7994.52"), Decimal("99931.50")),
                RecentFigures("EUR", 3, Decimal("12.50"), Decimal("125")),
            ],
            "page": Paginator(range(1318), 50).get_page(2),
            "steps": {"before": "", "after": "120"},
            "amounts": [
                (Decimal("1234.5"), "GBP"),
                (Decimal("-5"), "EUR"),
                (Decimal("1500"), "JPY"),
                (Decimal("12"), "CHF"),
            ],
            "conflicts": [Conflict("Payout", "1500", "20")],
            "jobs": [
                {"job": {"id": 1, "progress": 1200, "state": "CHECKING"}, "label": "Checking", "is_running": True},
                {"job": {"state": "CANCELLED", "finished_at": CANCELLED_AT}, "cancelled": "Nothing was imported."},
            ],
            "today": date(2026, 11, 21),
            "start": days[0],
            "end": days[-1],
            "presets": [
                {"label": f"Last {n} days", "start": days[-1] - timedelta(days=n - 1), "end": days[-1]}
                for n in (7, 14, 30)
            ],
            "options": [("percentage", "Percentage"), ("fixed", "Fixed amount")],
            "comparisons": [
                ("previous", "Compared with 22 Sep 2026 – 21 Oct 2026", True),
                ("none", "No comparison", False),
            ],
            "filter_fields": [FilterField("partner", "Partner", "partner"), STATE_FILTER],
            "chips": [Chip("Partner", "Kettle & Quill", "?", "partner", ["1"]), *chip_of(QueryDict(), STATE_FILTER)],
            "choices": [("1", "Kettle & Quill", True), ("2", "Bonus Basket", False)],
            "tabs": [("#a", "Online Sale"), ("#b", "Newsletter Sign-up")],
            "statuses": [status for status, _ in STATUSES],
            "groups": ["New customers, big basket", "New customers", "Re-Engaged customers"],
            "rules": [
                {"words": "Customer Status is", "values": ["New"]},
                {"words": "Item Category is", "values": ["Hampers", "Gift Boxes"]},
            ],
            "builder": BUILDER,
            "chart": {
                "days": [day.isoformat() for day in days],
                "today": days[-1].isoformat(),
                "counts": [sum(map(int, row)) for row in zip(*values, strict=True)],
                "metrics": [
                    {"key": "actions", "label": "Actions", "unit": "", "digits": 0},
                    {"key": "revenue", "label": "Revenue", "unit": "GBP", "sign": "£", "digits": 2},
                ],
                "series": [
                    {
                        "status": status,
                        "slug": slug,
                        "values": {"actions": row, "revenue": [f"{value}1.50" for value in row]},
                        "totals": {"actions": str(sum(map(int, row))), "revenue": "£1,234.50"},
                    }
                    for (status, slug), row in zip(STATUSES, values, strict=True)
                ],
            },
        },
    )
