"""The pages of uploaded files: send one, see what it would do, decide, and see what it did."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.team.roles import may
from common.db.edits import Stale
from common.jobs.cancel import cancel_job
from common.jobs.shown import polling, progress_of
from common.queue.notify import notify
from common.refusals import Refused
from common.requests.form_limits import is_too_large, takes_files
from common.tables.read import KINDS
from common.tables.sent import MAX_SIZE, TOO_LARGE
from common.web.combobox import Combobox
from common.web.field_messages import Worded
from common.web.lists import page_of
from program.access import program_for, program_for_settlement, program_for_view
from program.frame.request import ProgramRequest
from program.models import ExceptionList, Program
from tracking import tasks
from tracking.access import act_of, upload_for_edit, upload_for_view
from tracking.imports import upload_state as upload_reading
from tracking.imports.uploads import (
    UPLOADS,
    choose_sheet,
    confirm_upload,
    create_upload,
    discard_upload,
    send_again,
    shown,
)
from tracking.models import Upload


class UploadForm(Worded):
    """What a file is sent with."""

    kind = forms.ChoiceField(label="What the file holds", choices=Upload.Kind, widget=forms.RadioSelect)
    mode = forms.ChoiceField(
        label="What to do with the tags", choices=Upload.TagMode, widget=forms.RadioSelect, required=False,
        initial=Upload.TagMode.ADD,
    )  # fmt: skip
    row_mode = forms.ChoiceField(
        label="What to do with the rows", choices=Upload.RowMode, widget=forms.RadioSelect, required=False,
        initial=Upload.RowMode.ADD,
    )  # fmt: skip
    list = forms.CharField(label="Which list", required=False, max_length=18)
    file = forms.FileField(
        help_text=f"Choose a file or drop it here: {', '.join(KINDS)}, up to {MAX_SIZE // 1024**2} MB. "
        "The first row holds the column names. Of a workbook, the first visible sheet that has them is read.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
        widget=forms.FileInput(attrs={"accept": ",".join((*KINDS, ".gz"))}),
    )

    def __init__(self, *args: Any, kinds: Sequence[Upload.Kind], program: Program, **options: Any) -> None:
        super().__init__(*args, **options)
        self.program = program
        self.fields["list"].widget = Combobox("open-exception-list-number", self._name_of)
        field = self.fields["kind"]
        field.choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        field.initial = kinds[0] if kinds else None

    def clean(self) -> dict[str, Any]:
        """With the list that a file of entries is for, and what a file of its kind does."""
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind")
        cleaned["exception_list"] = None
        if kind == Upload.Kind.EXCEPTION_LIST:
            cleaned["exception_list"] = self._list(cleaned.get("list", ""))
            if cleaned["exception_list"] is None:
                self.add_error("list", "Choose the list: one that is not closed.")
        if kind in (Upload.Kind.EXCEPTION_LIST, Upload.Kind.CATALOG):
            cleaned["mode"] = cleaned.get("row_mode") or Upload.RowMode.ADD
        else:
            tags = kind == Upload.Kind.CUSTOMER_TAGS
            cleaned["mode"] = (cleaned.get("mode") or Upload.TagMode.ADD) if tags else ""
        return cleaned

    def _list(self, number: str) -> ExceptionList | None:
        pk = int(number) if number.isascii() and number.isdigit() and len(number) <= 18 else 0
        return ExceptionList.objects.filter(program=self.program, closed_at=None, pk=pk).first()

    def _name_of(self, number: str) -> str:
        found = self._list(number)
        return found.name if found else number


@require_safe
def upload_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    return _list(request, program_id, _form(request, program))


@takes_files(MAX_SIZE)
@require_POST
def upload_create(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_settlement(request.principal, program_id)
    if (kind := request.POST.get("kind")) in Upload.Kind.values:
        program_for(request.principal, program_id, act_of(kind))
    form = _form(request, program, request.POST, request.FILES)
    if is_too_large(request):
        form.errors.pop("file", None)
        form.add_error("file", TOO_LARGE)
        return _list(request, program_id, form, status=413)
    if not form.is_valid():
        return _list(request, program_id, form, status=422)
    file = form.cleaned_data["file"]
    try:
        upload = create_upload(
            program=program, user_id=request.user.pk, filename=file.name, content=file.read(),
            **{name: form.cleaned_data[name] for name in ("kind", "mode", "exception_list")},
        )  # fmt: skip
    except Refused as refused:
        form.add_error("file", str(refused))
        return _list(request, program_id, form, status=422)
    notify(tasks.check_upload, upload.pk)
    return redirect("tracking:upload_detail", program_id, upload.pk)


@require_safe
def upload_detail(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    upload = upload_for_view(request.principal, program_id, pk)
    return _detail(request, upload)


@require_POST
def upload_confirm(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    upload = upload_for_edit(request.principal, program_id, pk)
    try:
        confirm_upload(
            upload=upload, only_good=request.POST.get("rows") == "good", seen=request.POST.get("opened_with")
        )
    except Refused as refusal:
        return _stale(request, program_id, pk, str(refusal))
    notify(tasks.import_upload, upload.pk)
    return redirect("tracking:upload_detail", program_id, pk)


@require_POST
def upload_sheet(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Have a workbook checked again, with another of its sheets."""
    upload = upload_for_edit(request.principal, program_id, pk)
    try:
        choose_sheet(upload=upload, sheet=request.POST.get("sheet", ""))
    except Refused as refusal:
        return _stale(request, program_id, pk, str(refusal))
    notify(tasks.check_upload, upload.pk)
    return redirect("tracking:upload_detail", program_id, pk)


@require_POST
def upload_discard(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    upload = upload_for_edit(request.principal, program_id, pk)
    try:
        discard_upload(upload=upload)
    except Refused as refusal:
        return _stale(request, program_id, pk, str(refusal))
    messages.success(request, f"{upload.filename} was discarded; nothing of it was imported.")
    return redirect("tracking:upload_list", program_id)


@require_POST
def upload_cancel(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Cancel the check or the import of a file."""
    upload = upload_for_edit(request.principal, program_id, pk)
    try:
        cancel_job(UPLOADS, upload, user_id=request.user.pk)
    except Stale as refusal:
        return _stale(request, program_id, pk, str(refusal))
    return redirect("tracking:upload_detail", program_id, pk)


@require_POST
def upload_again(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Check the content of a cancelled or failed file again, as a new upload."""
    upload = upload_for_edit(request.principal, program_id, pk)
    try:
        again = send_again(upload=upload, user_id=request.user.pk)
    except Stale as refusal:
        return _stale(request, program_id, pk, str(refusal))
    notify(tasks.check_upload, again.pk)
    return redirect("tracking:upload_detail", program_id, again.pk)


@require_safe
def upload_rejected(request: ProgramRequest, program_id: int, pk: int) -> FileResponse | HttpResponse:
    upload = upload_for_view(request.principal, program_id, pk)
    if upload.removed_at:
        messages.error(request, f"The rejected rows of {upload.filename} were removed.")
        return redirect("tracking:upload_detail", program_id, pk)
    return FileResponse(
        upload_reading.rejected_rows(upload), as_attachment=True, filename=upload_reading.rejected_name(upload)
    )


def _form(request: ProgramRequest, program: Program, *sent: Any) -> UploadForm:
    """The form, with the kinds of file that the reader may send."""
    role, asked = request.role, request.GET.get("kind")
    kinds = [kind for kind in Upload.Kind if may(role, act_of(kind))]
    initial = {"kind": asked, "list": request.GET.get("list", "")} if asked in kinds else None
    return UploadForm(*sent, initial=initial, kinds=kinds, program=program)


def _list(request: ProgramRequest, program_id: int, form: UploadForm, status: int = 200) -> HttpResponse:
    uploads = Upload.objects.filter(program=program_id).select_related("user").defer("content", "preview")
    only_unfinished = request.GET.get("state") == "unfinished"
    if only_unfinished:
        uploads = uploads.filter(state__in=Upload.UNFINISHED)
    paging = page_of(request, uploads)
    rows = upload_reading.listed(list(paging["page"]))
    context = {
        "form": form,
        "only_unfinished": only_unfinished,
        "may_edit_tags": may(request.role, act_of(Upload.Kind.CUSTOMER_TAGS)),
        "rows": [(row, may(request.role, act_of(row.upload.kind))) for row in rows],
        **polling([]),
        **paging,
    }
    return render(request, "tracking/upload_list.html", context, status=status)


def _stale(request: ProgramRequest, program_id: int, pk: int, refusal: str) -> HttpResponse:
    upload = upload_for_view(request.principal, program_id, pk)
    messages.error(request, refusal)
    return _detail(request, upload, status=409)


def _detail(request: ProgramRequest, upload: Upload, status: int = 200) -> HttpResponse:
    state, progress = upload_reading.state_of(upload), progress_of(UPLOADS, upload)
    context: dict[str, Any] = {
        "upload": upload,
        "state": state,
        "progress": progress,
        "opened_with": shown(upload),
        "sheets": [(name, name) for name in upload.summary.get("OtherSheets", ())],
        "may_change": may(request.role, act_of(upload.kind)),
        **polling([upload] if progress.label or state.waiting else []),
        **page_of(request, upload_reading.errors_of(upload)),
        **upload_reading.touched_terms(upload),
    }
    if not progress.label and state.settled:
        context["is_slow"] = False  # it is imported, and a worker prices its orders
    is_part = request.htmx and not request.htmx.boosted
    template = "tracking/upload_detail.html#upload" if is_part else "tracking/upload_detail.html"
    return render(request, template, context, status=status)
