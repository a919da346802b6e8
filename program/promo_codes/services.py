"""Promo codes: added and changed one by one, or many at once from a file."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction

from common.db.edits import lock_unchanged
from common.formats.comparison import compared, trimmed
from common.formats.ids import clean_id
from common.refusals import Refusals
from program.models import Partner, PartnerGroup, Program, PromoCode
from program.names import hold_names

CODE_LENGTH = 255
COLUMNS = {"code": "Code", "use": "Use", "partner": "PartnerId", "group": "Group"}
Use = PromoCode.Use


class Difference(NamedTuple):
    """How a row differs from the stored code; columns as files name them."""

    column: str
    before: str
    after: str


class SavedCode(NamedTuple):
    """A promo code after a row of a file: new, or with what the row changed of it."""

    code: PromoCode
    is_new: bool
    differences: Sequence[Difference] = ()


def promo_code_values(code: PromoCode) -> dict[str, Any]:
    """What the form of a promo code holds: the partner by its id, the group by its name."""
    return {
        "code": code.code,
        "use": code.use,
        "partner": code.partner.media_partner_id if code.partner else "",
        "group": code.group.name if code.group else "",
    }


def whose(code: PromoCode) -> str:
    """What the code does, to be read after it: `credits Kettle (K-1)`."""
    verb = "credits" if code.use == Use.CREDIT else "is reserved to"
    if code.partner:
        return f"{verb} {code.partner.name} ({code.partner.media_partner_id})"
    return f"{verb} the group {code.group}"


@transaction.atomic
def add_promo_code(*, program: Program, **said: str) -> PromoCode:
    """Add a promo code. Raises Refused for one that equals another as orders are compared, and for bad values."""
    hold_names(program)
    code = _said_of(PromoCode(program=program), said)
    code.save(force_insert=True)
    return code


@transaction.atomic
def change_promo_code(*, promo_code: PromoCode, seen: str | None = None, **said: str) -> PromoCode:
    """Change what is said of a promo code; a partner or a group that is said alone takes the other's place. It counts
    for orders that are priced from then on.

    Raises Refused as on adding, and Stale unless `seen` is the fingerprint of its values.
    """
    hold_names(promo_code.program_id)
    lock_unchanged(promo_code, _present_values, seen)
    before = promo_code_values(promo_code)
    other = {"partner": "group", "group": "partner"}
    dropped = {other[name]: "" for name in other if said.get(name) and other[name] not in said}
    _said_of(promo_code, {**before, **dropped, **said})
    if promo_code_values(promo_code) != before:
        promo_code.save(update_fields=["code", "code_key", "use", "partner", "group"])
    return promo_code


@transaction.atomic
def save_promo_code(*, program: Program, said: Mapping[str, str]) -> SavedCode:
    """Add the code of a row that is new, or change the one that equals it as orders are compared. Raises Refused."""
    hold_names(program)
    codes = PromoCode.objects.filter(program=program).select_related("partner", "group")
    found = codes.filter(code_key=compared(said.get("code", ""))).first()
    if found is None:
        return SavedCode(add_promo_code(program=program, **said), is_new=True)
    found.program = program
    before = promo_code_values(found)
    after = promo_code_values(change_promo_code(promo_code=found, **said))
    differences = [
        Difference(column, before[name], after[name]) for name, column in COLUMNS.items() if before[name] != after[name]
    ]
    return SavedCode(found, is_new=False, differences=differences)


def delete_promo_code(*, code: PromoCode) -> None:
    """Delete a promo code. What it credited stays; orders that are priced from then on are credited without it."""
    code.delete()


def _present_values(code: PromoCode) -> dict[str, Any]:
    """The values as they are stored now, with partner and group read again."""
    present = PromoCode.objects.select_related("partner", "group").get(pk=code.pk)
    code.partner, code.group = present.partner, present.group
    return promo_code_values(code)


def _said_of(code: PromoCode, said: Mapping[str, str]) -> PromoCode:
    """The promo code with what is said of it. Raises Refused with all that is wrong."""
    faults = Refusals(one_per_path=True)
    code.code = _code(code, said.get("code", ""), faults)
    code.use = said.get("use", "") or Use.CREDIT
    if code.use not in Use.values:
        faults.add("use", "Choose CREDIT or RESERVE.")
    code.partner = _partner(code.program_id, clean_id(said.get("partner", "")), faults)
    code.group = _group(code.program_id, trimmed(said.get("group", "")), faults)
    if code.partner and code.group:
        faults.add("group", "Choose the partner or the group, not both.")
    elif code.use == Use.CREDIT and code.group:
        faults.add("group", "A code that credits belongs to one partner; a code for a group is reserved to it.")
    elif not (code.partner or code.group):
        words = "Choose the partner that it credits." if code.use == Use.CREDIT else "Choose a partner or a group."
        faults.add("partner", words, "required")
    faults.raise_any()
    return code


def _code(code: PromoCode, typed: str, faults: Refusals) -> str:
    text = trimmed(typed)
    key = compared(text)
    if not key or len(text) > CODE_LENGTH or "\x00" in text:
        faults.add("code", f"A code has 1 to {CODE_LENGTH} characters.")
        return text
    others = PromoCode.objects.filter(program=code.program_id, code_key=key).select_related("partner", "group")
    if other := others.exclude(pk=code.pk).first():
        how = "" if other.code == text else " Codes are compared in any letter case."
        faults.add("code", f"“{text}” is there already: “{other.code}” {whose(other)}.{how} Change that one.", "taken")
    return text


def _partner(program: int, partner_id: str, faults: Refusals) -> Partner | None:
    if not partner_id:
        return None
    found = (
        Partner.objects.filter(program=program, media_partner_id=partner_id).first() if _is_text(partner_id) else None
    )
    if found is None:
        faults.add("partner", f"“{partner_id[:64]}” is not a known partner id (ids are compared exactly).", "unknown")
    return found


def _group(program: int, name: str, faults: Refusals) -> PartnerGroup | None:
    if not name:
        return None
    found = PartnerGroup.objects.filter(program=program, name_key=compared(name)).first() if _is_text(name) else None
    if found is None:
        faults.add("group", f"“{name[:80]}” is not a known group of partners: create it first.", "unknown")
    return found


def _is_text(typed: str) -> bool:
    return "\x00" not in typed
