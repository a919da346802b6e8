"""Names that a brand gives its groups, tags and lists."""

import re
from typing import Any

from django.db.models import QuerySet

from common.formats.comparison import compared, trimmed
from common.refusals import Refusal, Refused
from program.models import Program

NAME_LENGTH = 80
# Controls, and what turns the direction of the text around a name: it could pass for another name.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def hold_names(program: Program | int) -> None:
    """Serialise naming in this program until the transaction ends. Of two people who choose one name at the same moment
    the second finds the first's row and is told so, where the constraint of the table would only fail. Call it before
    any other row is locked.
    """
    pk = program.pk if isinstance(program, Program) else program
    list(Program.objects.filter(pk=pk).select_for_update(no_key=True).values_list("pk"))


def free_name(others: "QuerySet[Any]", name: str) -> str:
    """The name with normalised spaces, if it equals none of the others as compared; else Refused."""
    tidy = tidy_name(name)
    if not tidy or len(tidy) > NAME_LENGTH or "\x00" in tidy:
        raise Refused(Refusal("name", f"A name has 1 to {NAME_LENGTH} characters."))
    if _UNSEEN.search(tidy):
        raise Refused(Refusal("name", "The name contains a character that cannot be seen: type it again."))
    if other := others.filter(name_key=compared(tidy)).first():
        raise Refused(Refusal("name", f"“{other}” already exists; choose another name.", "taken"))
    return tidy


def tidy_name(name: str) -> str:
    """The name without outer space and zero-width characters, and with single spaces."""
    return " ".join(trimmed(name).split())
