"""Partners: added and changed one by one, or many at once from a file."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from common.db.edits import lock_unchanged
from common.formats.comparison import compared
from common.formats.ids import clean_id
from common.refusals import Refusal, Refusals, Refused
from program.models import Channel, Partner, PartnerGroup, Program
from program.models.partner import PartnerGroupMember
from program.names import hold_names, tidy_name

_COUNTRY = re.compile(r"[A-Z]{2}")


class PartnerRow(Protocol):
    """A partner as a file or a form gives it; the partners reader's rows have this shape."""

    @property
    def partner_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def groups(self) -> Sequence[str]: ...
    @property
    def email(self) -> str: ...
    @property
    def channel(self) -> str: ...


@dataclass(frozen=True)
class PartnerValues:
    """The row of one partner, where there is no file."""

    partner_id: str
    name: str
    country: str = ""
    groups: tuple[str, ...] = ()
    email: str = ""
    channel: str = ""


class Difference(NamedTuple):
    """How a row differs from the stored partner; columns as files name them."""

    partner_id: str
    column: str
    before: str
    after: str


def partner_values(partner: Partner) -> dict[str, Any]:
    """What the form of a partner holds; the groups as they are typed."""
    names = ("media_partner_id", "name", "country", "email", "channel", "is_active")
    groups = ", ".join(partner.groups.order_by("name").values_list("name", flat=True))
    return {**{name: getattr(partner, name) for name in names}, "groups": groups}


@dataclass(frozen=True)
class PartnerCounts:
    added: int
    changed: int
    unchanged: int
    differences: tuple[Difference, ...] = field(default=(), compare=False)  # of the changed ones


@transaction.atomic
def add_partner(
    *,
    program: Program,
    partner_id: str,
    name: str,
    country: str = "",
    email: str = "",
    groups: Sequence[str] = (),
    channel: str = "",
) -> Partner:
    """Add a partner; groups are names, made as needed. Raises Refused for an id in use and for bad values."""
    row = _checked(PartnerValues(partner_id, name, country, tuple(groups), email, channel))
    hold_names(program)
    if Partner.objects.filter(program=program, media_partner_id=row.partner_id).exists():
        raise Refused(Refusal("media_partner_id", f"A partner with the id {row.partner_id} already exists.", "taken"))
    partner = Partner(program=program, media_partner_id=row.partner_id, name=row.name)
    partner.country, partner.email, partner.channel = row.country, row.email, row.channel or partner.channel
    partner.save(force_insert=True)
    _set_groups(program, [(partner, row.groups)])
    return partner


@transaction.atomic
def change_partner(
    *,
    partner: Partner,
    name: str,
    country: str,
    email: str,
    is_active: bool,
    groups: Sequence[str],
    channel: str = "",
    seen: str | None = None,
) -> Partner:
    """Change a partner; the groups are all that it is in from now on, by name, made as needed.

    The partner id stays: links and files name it. Conversions of a partner that is not active wait with that reason.
    A blank channel leaves the one that is stored. Raises Refused for bad values, and Stale unless `seen` is the
    fingerprint of its values.
    """
    row = _checked(PartnerValues(partner.media_partner_id, name, country, tuple(groups), email, channel))
    hold_names(partner.program_id)
    lock_unchanged(partner, partner_values, seen)
    partner.name, partner.country, partner.email, partner.is_active = row.name, row.country, row.email, is_active
    partner.channel = row.channel or partner.channel
    partner.save(update_fields=["name", "country", "email", "channel", "is_active"])
    _set_groups(partner.program, [(partner, row.groups)])
    return partner


def deactivate_partner(*, partner: Partner) -> bool:
    """Stop crediting a partner; what was credited stands. False: it was not active before."""
    return bool(Partner.objects.filter(pk=partner.pk, is_active=True).update(is_active=False))


@transaction.atomic
def save_partners(*, program: Program, rows: Iterable[PartnerRow]) -> PartnerCounts:
    """Add the partners that are new by id and change the others, in a constant number of queries.

    Groups are names, made as needed; a row's groups replace the partner's. An empty country, e-mail, channel or list of
    groups leaves what is stored: a file without the column must not wipe it. Nobody is deactivated. Raises Refused for
    an id that is listed twice and for invalid values; then nothing is stored.
    """
    checked = _unique(rows)
    hold_names(program)
    found = _present(program, [row.partner_id for row in checked])
    added, changed = [], []
    differences: list[Difference] = []
    groups: list[tuple[Partner, Sequence[str]]] = []
    for row in checked:
        partner = found.get(row.partner_id)
        if partner is None:
            partner = Partner(program=program, media_partner_id=row.partner_id)
            added.append(partner)
        elif differing := _differences(partner, row):
            changed.append(partner)
            differences += differing
        else:
            continue
        partner.name = row.name
        partner.country = row.country or partner.country
        partner.email = row.email or partner.email
        partner.channel = row.channel or partner.channel
        if row.groups:
            groups.append((partner, row.groups))
    Partner.objects.bulk_create(added, batch_size=1000)
    Partner.objects.bulk_update(changed, ["name", "country", "email", "channel"], batch_size=1000)
    _set_groups(program, groups)
    return PartnerCounts(len(added), len(changed), len(checked) - len(added) - len(changed), tuple(differences))


def _checked(row: PartnerRow) -> PartnerValues:
    partner_id, name, email = clean_id(row.partner_id), " ".join(row.name.split()), row.email.strip()
    country = row.country.strip().upper()
    groups = tuple(dict.fromkeys(filter(None, map(tidy_name, row.groups))))
    faults = Refusals()
    if not partner_id or len(partner_id) > 64:
        faults.add("media_partner_id", "A partner id has 1 to 64 characters.")
    if not name or len(name) > 120:
        faults.add("name", "A name has 1 to 120 characters.")
    if country and not _COUNTRY.fullmatch(country):
        faults.add("country", f"“{row.country.strip()}” is not a valid country code; use two letters, such as GB.")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            faults.add("email", f"“{email}” is not a valid e-mail address.")
    channel = _channel(row.channel)
    if channel and channel not in Channel.values:
        faults.add(
            "channel", f"“{row.channel.strip()[:40]}” is not a known channel; use one of {', '.join(Channel.values)}."
        )
    if any(len(group) > 80 for group in groups):
        faults.add("groups", "A group's name has at most 80 characters.")
    faults.raise_any()
    return PartnerValues(partner_id, name, country, groups, email, channel)


def _channel(typed: str) -> str:
    """The channel of this name in any letter case, as `E-mail` and `email` both name one; else what was typed."""
    key = compared(typed)
    return next((value for value, label in Channel.choices if key in (value, compared(str(label)))), key)


def _unique(rows: Iterable[PartnerRow]) -> list[PartnerValues]:
    checked: dict[str, PartnerValues] = {}
    for row in rows:
        values = _checked(row)
        if checked.setdefault(values.partner_id, values) is not values:
            raise Refused(Refusal("media_partner_id", f"The partner id {values.partner_id} is listed twice."))
    return list(checked.values())


def _present(program: Program, ids: list[str]) -> dict[str, Partner]:
    partners = Partner.objects.filter(program=program, media_partner_id__in=ids).prefetch_related("groups")
    return {partner.media_partner_id: partner for partner in partners}


def _differences(partner: Partner, row: PartnerValues) -> list[Difference]:
    """What the row changes; an empty value changes nothing."""
    pairs = [("Name", partner.name, row.name), ("Country", partner.country, row.country),
             ("Email", partner.email, row.email), ("Channel", partner.channel, row.channel)]  # fmt: skip
    found = [Difference(row.partner_id, *pair) for pair in pairs if pair[2] and pair[1] != pair[2]]
    if row.groups:
        groups = list(partner.groups.all())
        if {group.name_key for group in groups} != set(map(compared, row.groups)):
            before = ", ".join(group.name for group in groups)
            found.append(Difference(row.partner_id, "Groups", before, ", ".join(row.groups)))
    return found


def _set_groups(program: Program, wanted: Sequence[tuple[Partner, Sequence[str]]]) -> None:
    """Make each partner a member of exactly these groups; a name compared equal to an existing one is that group."""
    if not wanted:
        return
    by_name = {group.name_key: group for group in PartnerGroup.objects.filter(program=program)}
    names: dict[str, str] = {}
    for name in (name for _, groups in wanted for name in groups):
        names.setdefault(compared(name), name)
    made = [PartnerGroup(program=program, name=name) for key, name in names.items() if key not in by_name]
    by_name |= {group.name_key: group for group in PartnerGroup.objects.bulk_create(made)}
    # Rows of present members stay: the audit log names those that were added or removed.
    members = {(partner.pk, by_name[compared(name)].pk): None for partner, groups in wanted for name in groups}
    present = PartnerGroupMember.objects.filter(partner__in=[partner for partner, _ in wanted])
    ids = {(partner, group): pk for pk, partner, group in present.values_list("pk", "partner_id", "group_id")}
    PartnerGroupMember.objects.filter(pk__in=[pk for key, pk in ids.items() if key not in members]).delete()
    PartnerGroupMember.objects.bulk_create(
        (
            PartnerGroupMember(program=program, partner_id=partner, group_id=group)
            for partner, group in members
            if (partner, group) not in ids
        ),
        batch_size=1000,
    )
