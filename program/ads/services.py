"""Ads: added and changed one by one, or many at once from a file."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction

from common.db.edits import lock_unchanged
from common.formats.comparison import trimmed
from common.formats.ids import clean_id
from common.refusals import Refusal, Refusals, Refused
from program.models import Ad, Program
from program.names import hold_names, tidy_name

from .links import allowed_address
from .uses import use_of

NAME_LENGTH = 120
DEAL_LENGTH = 120
SKU_LENGTH = 255
COLUMNS = {"name": "Name", "kind": "Kind", "landing_page": "LandingPage", "deal": "Deal", "sku": "Sku",
           "is_active": "Active"}  # fmt: skip


class AdRow(NamedTuple):
    """An ad as a file gives it: by its number, or, without one, by its name; `said` holds what is not left as it is."""

    number: int | None
    said: Mapping[str, Any]

    @property
    def key(self) -> int | str:
        """What tells it from the others of a file: its number, else its name."""
        return self.number or tidy_name(str(self.said.get("name", "")))


class Difference(NamedTuple):
    """How a row differs from the stored ad; columns as files name them."""

    column: str
    before: str
    after: str


class SavedAd(NamedTuple):
    """An ad after a row of a file: new, or with what the row changed of it."""

    ad: Ad
    is_new: bool
    differences: Sequence[Difference] = ()


def ad_values(ad: Ad) -> dict[str, Any]:
    """What the form of an ad holds."""
    return {name: getattr(ad, name) for name in COLUMNS}


@transaction.atomic
def add_ad(*, program: Program, **said: Any) -> Ad:
    """Add an ad. Raises Refused for a name in use, a landing page on another domain, and for other bad values."""
    hold_names(program)
    ad = _said_of(Ad(program=program), said)
    ad.save(force_insert=True)
    return ad


@transaction.atomic
def change_ad(*, ad: Ad, seen: str | None = None, **said: Any) -> Ad:
    """Change what is said of an ad; its number stays: links name it. A landing page that stays is not checked again, so
    that an ad can be switched off whatever the domains are now.

    Raises Refused as on adding, and Stale unless `seen` is the fingerprint of its values.
    """
    hold_names(ad.program_id)
    lock_unchanged(ad, ad_values, seen)
    before = ad_values(ad)
    _said_of(ad, said)
    changed = [name for name, value in before.items() if getattr(ad, name) != value]
    if changed:
        ad.save(update_fields=changed)
    return ad


@transaction.atomic
def save_ad(*, program: Program, row: AdRow) -> SavedAd:
    """Add the ad of a row that is new, or change the one that is known by its number or, without one, by its name.

    Raises Refused for bad values and for a number that is not an ad's.
    """
    hold_names(program)
    ads = Ad.objects.filter(program=program)
    found = (ads.filter(pk=row.number) if row.number else ads.filter(name=row.key)).first()
    if found is None and row.number:
        message = f"{row.number} is not the id of an ad of this program: leave it empty to add one."
        raise Refused(Refusal("number", message, "unknown"))
    if found is None:
        return SavedAd(add_ad(program=program, **row.said), is_new=True)
    found.program = program
    before = ad_values(found)
    after = ad_values(change_ad(ad=found, **row.said))
    differences = [
        Difference(column, _written(before[name]), _written(after[name]))
        for name, column in COLUMNS.items()
        if before[name] != after[name]
    ]
    return SavedAd(found, is_new=False, differences=differences)


@transaction.atomic
def delete_ad(*, ad: Ad) -> None:
    """Delete an ad that nobody came by. Raises Refused for any other: what was credited names it."""
    lock_unchanged(ad, ad_values, None)
    if use := use_of(ad):
        raise Refused(
            Refusal("", f"{ad.name} has {use}, which name it: switch it off instead. Its links then lead nowhere.",
                    "taken")
        )  # fmt: skip
    ad.delete()


def _said_of(ad: Ad, said: Mapping[str, Any]) -> Ad:
    """The ad with what is said of it. Raises Refused with all that is wrong."""
    faults = Refusals()
    values = dict(said)
    if "name" in values or not ad.name:
        values["name"] = _name(ad, str(values.get("name", "")), faults)
    if values.get("kind", ad.kind) not in Ad.Kind.values:
        faults.add("kind", f"Choose one of {', '.join(Ad.Kind.values)}.")
    if values.get("landing_page", "") != ad.landing_page or not ad.landing_page:
        try:
            values["landing_page"] = _landing_page(ad, values)
        except Refused as refused:
            faults.extend(refused)
    for name, read, most in (("deal", trimmed, DEAL_LENGTH), ("sku", clean_id, SKU_LENGTH)):
        if name in values:
            values[name] = read(str(values[name]))
            if len(values[name]) > most or "\x00" in values[name]:
                faults.add(name, f"Use at most {most} characters.")
    faults.raise_any()
    for name, value in values.items():
        setattr(ad, name, value)
    return ad


def _name(ad: Ad, typed: str, faults: Refusals) -> str:
    name = tidy_name(typed)
    if not name or len(name) > NAME_LENGTH or "\x00" in name:
        faults.add("name", f"A name has 1 to {NAME_LENGTH} characters.")
    elif Ad.objects.filter(program=ad.program_id, name=name).exclude(pk=ad.pk).exists():
        faults.add("name", f"“{name}” already exists; choose another name.", "taken")
    return name


def _landing_page(ad: Ad, values: Mapping[str, Any]) -> str:
    if "landing_page" not in values and ad.landing_page:
        return ad.landing_page
    text = trimmed(str(values.get("landing_page", "")))
    if not text:
        raise Refused(
            Refusal("landing_page", "Enter the address of a page, such as https://shop.example/.", "required")
        )
    return allowed_address(ad.program, text, "landing_page")


def _written(value: Any) -> str:
    return str(value) if not isinstance(value, bool) else "yes" if value else "no"
