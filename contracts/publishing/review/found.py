"""What a review says of a draft, or of an older version: what keeps it from being published, what to check before,
and what changes."""

from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, replace
from typing import Any

from contracts.drafts.documents import version_terms
from contracts.editing.places import Places, Remark
from contracts.models import TemplateTerms, TermsVersion
from contracts.publishing.services import preview_publishing

from .comparing import Change, Section, changes_between

MOST = 200  # remarks of each kind that are shown; the rest are counted

STAGES = 3


@dataclass(frozen=True, slots=True)
class Review:
    """What publishing would say; with any of its `problems` nothing is published."""

    problems: list[Remark]
    warnings: list[Remark]
    changes: list[Section]

    def as_json(self) -> dict[str, Any]:
        return {
            "Problems": [[each.place, each.url, each.message] for each in self.problems],
            "Warnings": [[each.place, each.url, each.message] for each in self.warnings],
            "Changes": [
                [section.title, [[*astuple(each)] for each in section.changes], section.more, section.code]
                for section in self.changes
            ],
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Review":
        return cls(
            [Remark(*each) for each in stored["Problems"]],
            [Remark(*each) for each in stored["Warnings"]],
            [Section(title, [Change(*each) for each in changes], *rest) for title, changes, *rest in stored["Changes"]],
        )


def review_of(
    template_terms: TemplateTerms, version: TermsVersion | None, done: Callable[[int], None] = lambda stage: None
) -> Review:
    """The review of the draft, or of the older version; `done` is told how many of the `STAGES` are."""
    preview = preview_publishing(template_terms=template_terms, version=version)
    done(1)
    places = Places(template_terms, preview.terms)
    problems, warnings = _first(places.errors(preview.errors)), _first(places.warnings(preview.warnings))
    if version is not None:  # a published version cannot be corrected: its places are not the draft's
        problems, warnings = ([replace(each, url="") for each in some] for some in (problems, warnings))
    done(2)
    newest = version_terms(preview.newest.pk) if preview.newest else None
    changes = changes_between(newest, preview.terms, template_terms.program_id)
    done(STAGES)
    return Review(problems, warnings, changes)


def _first(remarks: list[Remark]) -> list[Remark]:
    more = len(remarks) - MOST
    return [*remarks[:MOST], Remark("", "", f"{more:,} more are not listed here.")] if more > 0 else remarks
