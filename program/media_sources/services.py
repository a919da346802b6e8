"""The channels of unpaid sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from common.formats.comparison import compared
from common.refusals import Refusal, Refused
from program.models import Channel, MediaSource, Program
from program.names import NAME_LENGTH, hold_names, tidy_name

from .visits import recent_visits


@dataclass
class ListedSource:
    """An unpaid source: what the brand says of it, and what its visits say."""

    name: str
    given: str = ""  # the channel that the brand gave it
    visits: int = 0
    last: datetime | None = None
    by_visit: str = ""  # the channel that counts where the brand gave none


def listed_sources(program: Program) -> list[ListedSource]:
    """Those with a channel of the brand's, and those that sent visitors lately: most visits first, then by name."""
    known = {
        row.name_key: ListedSource(row.name, given=row.channel) for row in MediaSource.objects.filter(program=program)
    }
    for row in recent_visits(program):
        source = known.setdefault(compared(row.source), ListedSource(row.source))
        source.visits += row.visits
        if source.last is None or row.last > source.last:
            source.last, source.by_visit = row.last, row.channel
    return sorted(known.values(), key=lambda source: (-source.visits, source.name.casefold()))


@transaction.atomic
def set_channels(*, program: Program, channels: Mapping[str, str]) -> int:
    """Give unpaid sources their channels, by name; a blank one takes it back. Returns how many were changed.

    It counts for orders that are priced from then on. Raises Refused for a bad name or channel.
    """
    hold_names(program)
    known = {row.name_key: row for row in MediaSource.objects.filter(program=program)}
    changed = 0
    for name, channel in channels.items():
        tidy = tidy_name(name)
        if channel and (not tidy or len(tidy) > NAME_LENGTH or "\x00" in tidy):
            raise Refused(f"A source with a channel of its own has a name of 1 to {NAME_LENGTH} characters.")
        if channel and channel not in Channel.values:
            raise Refused(Refusal("channel", f"Choose one of {', '.join(Channel.values)}."))
        row = known.get(compared(tidy))
        if row is None and channel:
            known[compared(tidy)] = MediaSource.objects.create(program=program, name=tidy, channel=channel)
        elif row is not None and not channel:
            row.delete()
        elif row is not None and row.channel != channel:
            row.channel = channel
            row.save(update_fields=["channel"])
        else:
            continue
        changed += 1
    return changed
