"""Change notice period: how many days partners know of a new version before it applies to them."""

from typing import Any, cast

from contracts.engine.document.reading import Node
from contracts.engine.document.sections.section import Lists, SingleSection
from contracts.engine.explain.words import PLAIN, Spelling

MOST_DAYS = 365


class NoticeSection(SingleSection[int]):
    keys = ("ChangeNotificationPeriod",)
    name = "Change notice period"
    absent = offered = 0

    def read(self, node: Node, lists: Lists) -> int:
        return cast(int, node.whole("ChangeNotificationPeriod", most=MOST_DAYS))

    def write(self, value: int) -> dict[str, Any]:
        return {"ChangeNotificationPeriod": value} if value else {}

    def words(self, value: int, currency: str, spelling: Spelling = PLAIN) -> str:
        if not value:
            return "Changes can apply at once, without notice."
        return f"Changes apply {days_in_words(value)} after they are published at the earliest."


def days_in_words(days: int) -> str:
    return f"{days} day{'' if days == 1 else 's'}"


NOTICE = NoticeSection()
