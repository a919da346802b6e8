"""Access functions of contracts, each by program: 404 for another brand’s rows, 403 where a viewer would edit."""

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404

from contracts.models import (
    Contract,
    CustomTerms,
    EventPayout,
    GroupFile,
    PayoutAdjustment,
    PayoutGroup,
    PayoutRestriction,
    Publishing,
    PublishReview,
    TemplateTerms,
    TermsVersion,
)
from program.access import program_for_edit, program_for_view
from program.models import Program
from program.principal import Principal


def template_terms_for_view(principal: Principal, program_id: int, pk: int) -> TemplateTerms:
    return _of(_template_terms(), program_for_view(principal, program_id), pk)


def template_terms_for_edit(principal: Principal, program_id: int, pk: int) -> TemplateTerms:
    return _of(_template_terms(), program_for_edit(principal, program_id), pk)


def event_payout_for_view(principal: Principal, program_id: int, pk: int) -> EventPayout:
    return _of(_event_payouts(), program_for_view(principal, program_id), pk)


def event_payout_for_edit(principal: Principal, program_id: int, pk: int) -> EventPayout:
    return _of(_event_payouts(), program_for_edit(principal, program_id), pk)


def present_payout_for_edit(
    principal: Principal, program_id: int, *, template_terms: int | None, event_type: int | None
) -> EventPayout:
    """What a draft pays for an event type now: where its changes are discarded, it has other rows for that."""
    payouts = _event_payouts().filter(program=program_for_edit(principal, program_id))
    return get_object_or_404(payouts, template_terms=template_terms, event_type=event_type)


def payout_group_for_view(principal: Principal, program_id: int, pk: int) -> PayoutGroup:
    return _of(_rows(PayoutGroup), program_for_view(principal, program_id), pk)


def payout_group_for_edit(principal: Principal, program_id: int, pk: int) -> PayoutGroup:
    return _of(_rows(PayoutGroup), program_for_edit(principal, program_id), pk)


def payout_adjustment_for_view(principal: Principal, program_id: int, pk: int) -> PayoutAdjustment:
    return _of(_rows(PayoutAdjustment), program_for_view(principal, program_id), pk)


def payout_adjustment_for_edit(principal: Principal, program_id: int, pk: int) -> PayoutAdjustment:
    return _of(_rows(PayoutAdjustment), program_for_edit(principal, program_id), pk)


def payout_restriction_for_view(principal: Principal, program_id: int, pk: int) -> PayoutRestriction:
    return _of(_rows(PayoutRestriction), program_for_view(principal, program_id), pk)


def payout_restriction_for_edit(principal: Principal, program_id: int, pk: int) -> PayoutRestriction:
    return _of(_rows(PayoutRestriction), program_for_edit(principal, program_id), pk)


def group_file_for_view(principal: Principal, program_id: int, pk: int) -> GroupFile:
    """A file of payout groups without its content. Everybody who sees the draft sees its files."""
    return _of(_group_files(), program_for_view(principal, program_id), pk)


def group_file_for_edit(principal: Principal, program_id: int, pk: int) -> GroupFile:
    return _of(_group_files().filter(kind=GroupFile.Kind.IMPORT), program_for_edit(principal, program_id), pk)


def group_file_for_cancel(principal: Principal, program_id: int, pk: int) -> GroupFile:
    """A file of payout groups, for those who may start one of its kind: everybody an export, editors an import."""
    file = group_file_for_view(principal, program_id, pk)
    return file if file.kind == GroupFile.Kind.EXPORT else group_file_for_edit(principal, program_id, pk)


def publish_review_for_edit(principal: Principal, program_id: int, pk: int) -> PublishReview:
    """A review that a worker makes of a draft."""
    return _of(PublishReview.objects.all(), program_for_edit(principal, program_id), pk)


def publishing_for_edit(principal: Principal, program_id: int, pk: int) -> Publishing:
    """What was confirmed and is left to a worker."""
    publishings = Publishing.objects.select_related("template_terms", "source", "version", "user", "cancelled_by")
    publishings = publishings.defer("join", "source__document", "version__document")
    return _of(publishings, program_for_edit(principal, program_id), pk)


def terms_version_for_view(principal: Principal, program_id: int, pk: int) -> TermsVersion:
    return _of(_versions(), program_for_view(principal, program_id), pk)


def terms_version_for_edit(principal: Principal, program_id: int, pk: int) -> TermsVersion:
    return _of(_versions(), program_for_edit(principal, program_id), pk)


def contract_for_edit(principal: Principal, program_id: int, pk: int) -> Contract:
    return _of(_contracts(), program_for_edit(principal, program_id), pk)


def custom_terms_for_view(principal: Principal, program_id: int, pk: int) -> CustomTerms:
    return _of(CustomTerms.objects.select_related("program"), program_for_view(principal, program_id), pk)


def custom_terms_for_edit(principal: Principal, program_id: int, pk: int) -> CustomTerms:
    return _of(CustomTerms.objects.select_related("program"), program_for_edit(principal, program_id), pk)


def _template_terms() -> QuerySet[TemplateTerms]:
    return TemplateTerms.objects.select_related("program__account")


def _versions() -> QuerySet[TermsVersion]:
    return TermsVersion.objects.select_related("template_terms__program", "published_by")


def _contracts() -> QuerySet[Contract]:
    contracts = Contract.objects.select_related("program", "partner", "terms_version__template_terms")
    return contracts.defer("terms_version__document")


def _event_payouts() -> QuerySet[EventPayout]:
    return EventPayout.objects.select_related("event_type", "template_terms__program")


def _group_files() -> QuerySet[GroupFile]:
    files = GroupFile.objects.defer("content", "written", "before").select_related("user", "cancelled_by")
    return files.select_related("event_payout__event_type", "event_payout__template_terms__program")


def _rows[Row: (PayoutGroup, PayoutAdjustment, PayoutRestriction)](kind: type[Row]) -> QuerySet[Row]:
    return kind.objects.select_related("event_payout__event_type", "event_payout__template_terms__program")


def _of[Row: Model](rows: QuerySet[Row], program: Program, pk: int) -> Row:
    return get_object_or_404(rows.filter(program=program), pk=pk)
