"""Resetting accrued actions: with this version the action limit and the spend limit begin to count again."""

from typing import Any

from contracts.engine.document.reading import Node
from contracts.engine.document.sections.section import Lists, SingleSection
from contracts.engine.explain.words import PLAIN, Spelling


class ResetAccruedActionsSection(SingleSection[bool]):
    """What publishing does once: no draft that a version fills does it again."""

    keys = ("ResetAccruedActions",)
    name = "Reset accrued actions"
    absent = offered = False

    def read(self, node: Node, lists: Lists) -> bool:
        return node.flag("ResetAccruedActions")

    def write(self, value: bool) -> dict[str, Any]:
        return {"ResetAccruedActions": True} if value else {}

    def drafted(self, value: bool) -> bool:
        return False

    def words(self, value: bool, currency: str, spelling: Spelling = PLAIN) -> str:
        if not value:
            return "What counts towards limits goes on counting."
        return "All limits begin to count again, for all partners, when they move to this version."


RESET_ACCRUED_ACTIONS = ResetAccruedActionsSection()
