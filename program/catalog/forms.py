"""Forms of the product catalog."""

from django import forms

from common.web.edit_forms import EditForm
from common.web.field_messages import Worded


class CatalogItemForm(EditForm):
    sku = forms.CharField(label="SKU", max_length=255)
    name = forms.CharField(max_length=255, required=False, help_text="By which people find the product.")
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
        help_text="One SKU a line: SKU, Name, Manufacturer, Category, Subcategory, Original format category. "
        "Copied from a spreadsheet (tabs) or as csv. Of a SKU that already exists what is written here is replaced.",
    )
