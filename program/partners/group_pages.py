"""Partner groups: list, create, rename, members, delete."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from common.db.edits import Stale
from common.refusals import Refused
from common.requests.form_limits import takes_rows
from common.web.edit_forms import NameForm, status_of
from common.web.lists import numbers_of, page_of
from common.web.refusals import to_form
from program.access import partner_group_for_edit, partner_group_for_view, program_for_edit, program_for_view
from program.frame.request import ProgramRequest
from program.models import Partner, PartnerGroup, Program
from program.partners.forms import MembersForm
from program.partners.group_services import (
    add_group_members,
    create_partner_group,
    delete_partner_group,
    partner_group_values,
    remove_group_members,
    rename_partner_group,
)


@require_safe
def partner_group_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    return _list(request, program_for_view(request.principal, program_id), NameForm())


@require_POST
def partner_group_create(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_edit(request.principal, program_id)
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            group = create_partner_group(program=program, name=form.cleaned_data["name"])
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"The group {group.name} was created. Now add partners to it.")
            return redirect("program:partner_group_edit", program_id, group.pk)
    return _list(request, program, form, status=422)


@require_safe
def partner_group_edit(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    group = partner_group_for_view(request.principal, program_id, pk)
    return _edit(request, group, NameForm(initial=partner_group_values(group)), MembersForm())


@require_POST
def partner_group_rename(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    group = partner_group_for_edit(request.principal, program_id, pk)
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            rename_partner_group(group=group, name=form.cleaned_data["name"], seen=form.seen)
        except Stale:
            form.contradict(partner_group_values(group), page=_page(group))
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"The group was renamed to {group.name}.")
            return redirect("program:partner_group_edit", program_id, pk)
    group.refresh_from_db()
    return _edit(request, group, form, MembersForm(), status=status_of(request, form))


@require_POST
def partner_group_add(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Put partners into the group by their ids: all of them, or none with every unknown id named."""
    group = partner_group_for_edit(request.principal, program_id, pk)
    form = MembersForm(request.POST)
    if form.is_valid():
        ids = form.cleaned_data["partner_ids"]
        partners = list(Partner.objects.filter(program=group.program_id, media_partner_id__in=ids))
        unknown = sorted(set(ids) - {partner.media_partner_id for partner in partners})
        if not unknown:
            messages.success(request, f"{add_group_members(group=group, partners=partners)} added to {group.name}.")
            return redirect("program:partner_group_edit", program_id, pk)
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        form.add_error("partner_ids", f"Unknown partner ids: {', '.join(unknown[:5])}{more}. No partner was added.")
    return _edit(request, group, NameForm(initial=partner_group_values(group)), form, status=422)


@takes_rows
@require_POST
def partner_group_remove(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Take the ticked partners out of the group."""
    group = partner_group_for_edit(request.principal, program_id, pk)
    partners = list(Partner.objects.filter(program=group.program_id, pk__in=numbers_of(request, "row")))
    count = remove_group_members(group=group, partners=partners)
    messages.success(request, f"{count} taken out of {group.name}.")
    return redirect("program:partner_group_edit", program_id, pk)


@require_POST
def partner_group_delete(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    group = partner_group_for_edit(request.principal, program_id, pk)
    try:
        delete_partner_group(group=group)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("program:partner_group_edit", program_id, pk)
    messages.success(request, f"The group {group.name} was deleted; its partners stay.")
    return redirect("program:partner_group_list", program_id)


def _page(group: PartnerGroup) -> str:
    return reverse("program:partner_group_edit", args=[group.program_id, group.pk])


def _list(request: ProgramRequest, program: Program, form: NameForm, status: int = 200) -> HttpResponse:
    groups = (
        PartnerGroup.objects.filter(program=program)
        .annotate(partner_count=Count("partnergroupmember"))
        .order_by("name")
    )
    context = {**page_of(request, groups), "form": form}
    return render(request, "program/partner_group_list.html", context, status=status)


def _edit(
    request: ProgramRequest, group: PartnerGroup, name_form: NameForm, members_form: MembersForm, status: int = 200
) -> HttpResponse:
    context = {
        "group": group,
        "name_form": name_form,
        "members_form": members_form,
        **page_of(request, Partner.objects.filter(program=group.program_id).in_groups([group.pk])),
    }
    return render(request, "program/partner_group_edit.html", context, status=status)
