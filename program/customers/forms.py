"""The form in which tags are put on customers."""

from typing import Any

from django import forms

from common.web.edit_forms import EditForm
from program.models.customer import CustomerTag
from program.models.program import Program


class CustomerTagsForm(EditForm):
    tags = forms.ModelMultipleChoiceField(
        queryset=CustomerTag.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tags"].queryset = CustomerTag.objects.filter(program=program)  # type: ignore[attr-defined]
