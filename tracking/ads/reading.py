"""Reading an ad or a promo code, as a row of a file and the API give it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from common.refusals import Refusals, Refused
from program.ads.services import AdRow
from program.models import Ad, PromoCode
from tracking.intake import parsing
from tracking.intake.canonical_values import printable

YES = ("true", "yes", "1")
LONGEST_ID = 18

# Parameter → field and how many characters; what is read of it is said by its field.
AD = {"Name": ("name", 120), "Kind": ("kind", 20), "LandingPage": ("landing_page", 2_048), "Deal": ("deal", 120),
      "Sku": ("sku", 255), "Active": ("is_active", 5)}  # fmt: skip
PROMO_CODE = {"Code": ("code", 255), "Use": ("use", 20), "PartnerId": ("partner", 64), "Group": ("group", 80)}
# Of the services' refusals; as a file and the API name them.
AD_NAMES = {"number": "AdId", **{field: name for name, (field, _) in AD.items()}}
PROMO_CODE_NAMES = {field: name for name, (field, _) in PROMO_CODE.items()}


def read_ad(params: Mapping[str, object], *, of_file: bool = False, needs: Sequence[str] = ()) -> AdRow:
    """What is said of an ad. In a file an empty cell says nothing, and `AdId` names the ad; `needs` must be there.

    Raises Refused with every bad parameter.
    """
    errors = Refusals(one_per_path=True)
    sent = _read(
        params, {**AD, **({"AdId": ("number", LONGEST_ID)} if of_file else {})}, errors, blank_says=not of_file
    )
    number = sent.pop("number", "")
    if number and not (number.isascii() and number.isdigit() and int(number)):
        errors.add("AdId", f"“{number}” is not an ad's id: leave it empty to add an ad.")
    if of_file and not number and "name" not in sent and "Name" not in errors:
        errors.add("Name", "Is required where AdId is empty.", "required")
    _need(sent, needs, AD, errors)
    _choose(sent, "kind", "Kind", Ad.Kind.choices, errors)
    if "is_active" in sent:
        active = sent["is_active"].lower()
        if active not in parsing.YES_NO:
            errors.add("Active", "Send yes or no.")
        sent["is_active"] = active in YES
    errors.raise_any()
    return AdRow(int(number) if number else None, sent)


def read_promo_code(
    params: Mapping[str, object], *, of_file: bool = False, needs: Sequence[str] = ()
) -> dict[str, str]:
    """What is said of a promo code. In a file an empty cell says nothing. Raises Refused with every bad parameter."""
    errors = Refusals(one_per_path=True)
    sent = _read(params, PROMO_CODE, errors, blank_says=not of_file)
    _need(sent, ("Code",) if of_file else needs, PROMO_CODE, errors)
    _choose(sent, "use", "Use", PromoCode.Use.choices, errors)
    errors.raise_any()
    return sent


def _read(
    params: Mapping[str, object], takes: Mapping[str, tuple[str, int]], errors: Refusals, *, blank_says: bool
) -> dict[str, Any]:
    known = {name.casefold(): name for name in takes}
    sent: dict[str, Any] = {}
    for name, value in params.items():
        parameter = known.get(name.strip().casefold())
        if parameter is None:
            errors.add(printable(name)[:80], f"Is not known here; use {', '.join(takes)}.")
            continue
        field, most = takes[parameter]
        read: Callable[[str, int], str] = parsing.read_id if parameter in ("PartnerId", "Sku") else parsing.read_text
        try:
            text = read(parsing.as_text(value), most)
        except Refused as refused:
            errors.add(parameter, str(refused))
            continue
        if text or blank_says:
            sent[field] = text
    return sent


def _need(
    sent: Mapping[str, Any], needs: Sequence[str], takes: Mapping[str, tuple[str, int]], errors: Refusals
) -> None:
    for name in needs:
        if not sent.get(takes[name][0]) and name not in errors:
            errors.add(name, "Is required.", "required")


def _choose(
    sent: dict[str, Any], field: str, parameter: str, choices: Sequence[tuple[Any, Any]], errors: Refusals
) -> None:
    """Read a choice by its value or its words, in any letter case: `TEXT_LINK`, `Text link`."""
    if not sent.get(field):
        sent.pop(field, None)
        return
    typed = sent[field].casefold().replace("_", " ")
    found = [
        value for value, label in choices if typed in (str(value).casefold().replace("_", " "), str(label).casefold())
    ]
    if not found:
        errors.add(parameter, f"Send one of {', '.join(str(value) for value, _ in choices)}.")
    sent[field] = str(found[0]) if found else ""
