"""The form that a file is sent with, and the bound on its size."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from program.files.read import KINDS
from tracking.models import Upload
from tracking.services.uploads import MAX_SIZE

TOO_LARGE = f"The file is larger than {MAX_SIZE // 1024**2} MB and was not kept: pack it as .csv.gz, or split it."


class SizeLimit(FileUploadHandler):
    """Stops keeping a file that grows beyond the bound; what still comes of it is read and dropped."""

    size = 0
    is_exceeded = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.size += len(raw_data)
        if self.size > MAX_SIZE:
            self.is_exceeded = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label="What the file holds", choices=Upload.Kind, widget=forms.RadioSelect)
    file = forms.FileField(
        help_text=f"Choose a file or drop it here: {', '.join(KINDS)}, up to {MAX_SIZE // 1024**2} MB. "
        "The first row holds the column names. Of a workbook the first sheet is read.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
        widget=forms.FileInput(attrs={"accept": ",".join((*KINDS, ".gz"))}),
    )

    def __init__(self, *args: Any, kinds: Sequence[Upload.Kind], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["kind"]
        field.choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        field.initial = kinds[0] if kinds else None
