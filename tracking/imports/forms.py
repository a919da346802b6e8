"""The form for uploading a file."""

from collections.abc import Sequence
from typing import Any

from django import forms

from common.tables.read import KINDS
from common.tables.sent import MAX_SIZE
from common.web.field_messages import Worded
from tracking.models import Upload


class UploadForm(Worded):
    kind = forms.ChoiceField(label="What the file holds", choices=Upload.Kind, widget=forms.RadioSelect)
    file = forms.FileField(
        help_text=f"Choose a file or drop it here: {', '.join(KINDS)}, up to {MAX_SIZE // 1024**2} MB. "
        "The first row holds the column names. Of a workbook, the first visible sheet that has them is read.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
        widget=forms.FileInput(attrs={"accept": ",".join((*KINDS, ".gz"))}),
    )

    def __init__(self, *args: Any, kinds: Sequence[Upload.Kind], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["kind"]
        field.choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        field.initial = kinds[0] if kinds else None
