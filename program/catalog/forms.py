"""Forms of exception lists and of the catalog."""

from django import forms

from common.web.edit_forms import EditForm
from common.web.field_messages import Worded


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


class CatalogRowsForm(Worded):
    rows = forms.CharField(
        label="Rows",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="One SKU a line: SKU, Manufacturer, Category, Subcategory, Original format category. "
        "Copied from a spreadsheet (tabs) or as csv. A SKU that already exists is replaced.",
    )
