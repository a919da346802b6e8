"""The pages on which a customer is erased, and everything known of one is exported."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from common.jobs.shown import polling, progress_of
from common.queue.notify import notify
from common.refusals import Refused
from common.web.field_messages import Worded
from program.access import customer_for_administration, customer_for_edit
from program.frame.request import ProgramRequest
from program.models import Customer
from tracking import tasks
from tracking.access import customer_file_for_download
from tracking.models import CustomerFile, Erasure

from .customer_files import CUSTOMER_FILES, create_customer_file
from .services import ERASURES, counts_before, erase_customer

FILES = 20  # of the reader's own that are listed


class EraseForm(Worded):
    """The customer's id, typed, so that nobody is erased by one click too many."""

    customer_id = forms.CharField(label="Customer id", max_length=255, strip=True)

    def __init__(self, *args: Any, customer: Customer, **options: Any) -> None:
        super().__init__(*args, **options)
        self.customer = customer

    def clean_customer_id(self) -> str:
        typed: str = self.cleaned_data["customer_id"]
        if typed != self.customer.customer_id:
            raise forms.ValidationError("This is not the id of this customer. Type it as it stands above.")
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
def customer_erase(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """What erasing will do, then how far it is; polls until it is done."""
    customer = customer_for_administration(request.principal, program_id, pk)
    request.stands_under = "tracking:customer_list"
    form = EraseForm(request.POST if request.method == "POST" else None, customer=customer)
    if request.method == "POST" and form.is_valid():
        try:
            asked = erase_customer(customer=customer, user_id=request.user.pk)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            notify(tasks.erase_customer, asked.pk)
            return redirect("tracking:customer_erase", program_id, pk)
    erasures = Erasure.objects.filter(customer=customer).select_related("user", "cancelled_by").order_by("-id")
    erasure = erasures.first()
    progress = progress_of(ERASURES, erasure) if erasure else None
    is_live = erasure is not None and erasure.state in Erasure.UNFINISHED
    context = {
        "customer": customer,
        "form": form,
        "erasure": erasure,
        "progress": progress,
        "is_live": is_live,
        "before": None if is_live or customer.erased_at else counts_before(customer),
        **polling([erasure] if erasure and is_live else []),
    }
    is_part = request.htmx and not request.htmx.boosted
    if is_part and customer.erased_at:
        return HttpResponse(headers={"HX-Refresh": "true"})  # the head of the page names the customer
    part = "#erasing" if is_part else ""
    status = 422 if form.errors else 200
    return render(request, f"tracking/customer_erase.html{part}", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def customer_export(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Ask for a file of everything known of a customer; the reader's own files of it, newest first."""
    customer = customer_for_edit(request.principal, program_id, pk)
    request.stands_under = "tracking:customer_list"
    if request.method == "POST":
        try:
            file = create_customer_file(customer=customer, user_id=request.user.pk)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            notify(tasks.write_customer_file, file.pk)
        return redirect("tracking:customer_export", program_id, pk)
    files = CustomerFile.objects.filter(customer=customer, user=request.user.pk).defer("content")
    rows = [(file, progress_of(CUSTOMER_FILES, file)) for file in files.select_related("cancelled_by")[:FILES]]
    live = [file for file, progress in rows if progress.label]
    part = "#files" if request.htmx and not request.htmx.boosted else ""
    context = {"customer": customer, "rows": rows, **polling(live)}
    return render(request, f"tracking/customer_export.html{part}", context)


@require_safe
def customer_file(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Download a file of everything known of a customer."""
    file = customer_file_for_download(request.principal, program_id, pk)
    if file.state != CustomerFile.State.READY or file.content is None:
        messages.error(request, f"{file.filename} {'was removed' if file.removed_at else 'is not ready yet'}.")
        return redirect("tracking:customer_export", program_id, file.customer_id)
    response = HttpResponse(bytes(file.content), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{file.filename}"'
    return response
