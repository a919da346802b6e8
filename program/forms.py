"""Forms: what may be typed. Services refuse what conflicts with stored rows."""

from typing import Any

from django import forms

from accounts.models import ApiToken, Membership
from common.formats.ids import clean_id
from common.web.edit_forms import EditForm
from program.event_types.services import event_type_values
from program.models import EventType
from program.models.customer import CustomerTag
from program.models.program import Program


class EventTypeForm(EditForm):
    code = forms.CharField(
        max_length=40, help_text="Sent as EventTypeCode with each conversion, such as SALE. It cannot be changed later."
    )
    name = forms.CharField(max_length=120, help_text="The name on pages and in reports.")
    category = forms.ChoiceField(choices=EventType.Category)
    is_active = forms.BooleanField(
        label="Active",
        required=False,
        initial=True,
        help_text="If off, new orders of it are refused and waiting ones are not priced. What was paid stays paid.",
    )
    payout_levels = forms.ChoiceField(
        label="Payout level offered",
        choices=EventType.PayoutLevels,
        help_text="How template terms may pay: once for the order, or for each of its items.",
    )
    deduplication_days = forms.IntegerField(
        label="De-duplication window, days",
        min_value=1,
        max_value=366,
        initial=30,
        help_text="The same order id within these days, by event date, is the same conversion and paid once.",
    )

    ADVANCED = ("payout_levels", "deduplication_days")

    @classmethod
    def of(cls, event_type: EventType, data: Any = None) -> "EventTypeForm":
        """The form of an existing event type; its code is shown and cannot change."""
        form = cls(data, initial=event_type_values(event_type))
        form.fields["code"].disabled = True
        form.fields["code"].help_text = "Published terms and stored conversions name it, so it stays."
        return form

    def has_advanced_errors(self) -> bool:
        return any(name in self.errors for name in self.ADVANCED)


class PartnerForm(EditForm):
    media_partner_id = forms.CharField(
        label="Partner id",
        max_length=64,
        help_text="Sent as MediaPartnerId; compared exactly. It cannot be changed later.",
    )
    name = forms.CharField(max_length=120)
    country = forms.CharField(required=False, max_length=2, help_text="Two letters, such as GB.")
    email = forms.EmailField(label="E-mail", required=False)
    groups = forms.CharField(
        required=False, max_length=1024, help_text="Separated by commas; a new name makes a new group."
    )
    is_active = forms.BooleanField(
        label="Active",
        required=False,
        initial=True,
        help_text="If off, new orders of the partner are kept and not paid; they can be tried again later.",
    )

    def clean_groups(self) -> list[str]:
        typed: str = self.cleaned_data["groups"]
        return [name.strip() for name in typed.replace(";", ",").split(",") if name.strip()]


class NameForm(EditForm):
    name = forms.CharField(max_length=80)


class MembersForm(forms.Form):
    partner_ids = forms.CharField(
        label="Add partners",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Partner ids, one a line or separated by commas.",
    )

    def clean_partner_ids(self) -> list[str]:
        typed: str = self.cleaned_data["partner_ids"]
        return list(dict.fromkeys(filter(None, map(clean_id, typed.replace(",", "\n").splitlines()))))


class CustomerTagsForm(EditForm):
    tags = forms.ModelMultipleChoiceField(
        queryset=CustomerTag.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tags"].queryset = CustomerTag.objects.filter(program=program)  # type: ignore[attr-defined]


class ApiTokenForm(forms.Form):
    name = forms.CharField(max_length=80, help_text="Who or what uses it, such as Web shop.")
    scope = forms.ChoiceField(
        choices=ApiToken.Scope,
        initial=ApiToken.Scope.WRITE,
        help_text="Read asks what happened to reported orders and what an order would pay. Write reports orders, too.",
    )


class InvitationForm(forms.Form):
    email = forms.EmailField(label="E-mail address", max_length=150)
    role = forms.ChoiceField(choices=Membership.Role, initial=Membership.Role.VIEWER)


class ExceptionListForm(EditForm):
    name = forms.CharField(
        max_length=80, help_text="Rules ask for the list by this name, so it cannot be changed later."
    )
    entries = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        help_text="Promo codes, SKUs or categories, one a line. /COAT-[0-9]+/ between slashes is a regular expression, "
        "which must match the whole value in any letter case. Look-around and back-references are not supported.",
    )


class CatalogItemForm(EditForm):
    sku = forms.CharField(label="SKU", max_length=255)
    manufacturer = forms.CharField(max_length=255, required=False)
    category = forms.CharField(max_length=255, required=False)
    subcategory = forms.CharField(max_length=255, required=False)
    original_format_category = forms.CharField(
        max_length=255, required=False, help_text="The category as written in the catalog's own file."
    )


class CatalogRowsForm(forms.Form):
    rows = forms.CharField(
        label="Rows",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="One SKU a line: SKU, Manufacturer, Category, Subcategory, Original format category. "
        "Copied from a spreadsheet (tabs) or as csv. A SKU that already exists is replaced.",
    )
