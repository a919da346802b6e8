"""The brand's own groups of partners."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from common.db.edits import lock_unchanged
from common.refusals import Refusal, Refused
from program.models import Partner, PartnerGroup, Program, PromoCode
from program.models.partner import PartnerGroupMember
from program.names import free_name, hold_names


def partner_group_values(group: PartnerGroup) -> dict[str, Any]:
    """What the form of a group holds."""
    return {"name": group.name}


def _group_name(groups: QuerySet[PartnerGroup], name: str) -> str:
    """A name not in use, without commas and semicolons, which separate groups in partner files."""
    if "," in name or ";" in name:
        raise Refused(Refusal("name", "A group's name has no comma or semicolon: they separate groups in files."))
    return free_name(groups, name)


@transaction.atomic
def create_partner_group(*, program: Program, name: str) -> PartnerGroup:
    """Make an empty group. Raises Refused for a name in use, however it is written."""
    hold_names(program)
    return PartnerGroup.objects.create(
        program=program, name=_group_name(PartnerGroup.objects.filter(program=program), name)
    )


@transaction.atomic
def rename_partner_group(*, group: PartnerGroup, name: str, seen: str | None = None) -> PartnerGroup:
    """Give the group another name; its members stay. Raises Refused as on creating, and Stale unless `seen`
    is the fingerprint of its values."""
    hold_names(group.program_id)
    lock_unchanged(group, partner_group_values, seen)
    group.name = _group_name(PartnerGroup.objects.filter(program=group.program_id).exclude(pk=group.pk), name)
    group.save(update_fields=["name", "name_key"])
    return group


@transaction.atomic
def delete_partner_group(*, group: PartnerGroup) -> None:
    """Delete the group; its partners stay. Raises Refused while promo codes are reserved to it: orders with them would
    be credited to others from then on.
    """
    hold_names(group.program_id)
    codes = list(PromoCode.objects.filter(group=group).order_by("code").values_list("code", flat=True)[:4])
    if codes:
        words = ", ".join(codes[:3]) + (" and others" if len(codes) > 3 else "")
        raise Refused(
            f"{group.name} was not deleted: promo codes are reserved to it: {words}. Change or delete them first."
        )
    group.delete()


@transaction.atomic
def add_group_members(*, group: PartnerGroup, partners: Collection[Partner]) -> int:
    """Put partners of the group's program into it; the answer is how many were not in it. Raises Gone."""
    lock_unchanged(group, partner_group_values, None)
    present = set(
        PartnerGroupMember.objects.filter(group=group, partner__in=partners).values_list("partner", flat=True)
    )
    new = [
        PartnerGroupMember(program_id=group.program_id, group=group, partner=partner)
        for partner in partners
        if partner.pk not in present
    ]
    PartnerGroupMember.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def remove_group_members(*, group: PartnerGroup, partners: Collection[Partner]) -> int:
    """Take partners out of the group; the answer is how many were in it."""
    return PartnerGroupMember.objects.filter(group=group, partner__in=partners).delete()[0]
