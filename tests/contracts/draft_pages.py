"""A draft as its editor fills it in: every form is read from the page, filled in, and sent where the page says."""

import re
from collections.abc import Iterable
from itertools import chain
from typing import Any

from contracts.models import TermsVersion
from contracts.sections.registry import KINDS, PANELS, TERMS_PANELS
from tests.contracts.addresses import confirm, url
from tests.contracts.page_fields import ShownForm, form_of, forms_of
from tests.contracts.typed_drafts import Draft, Rows, Typed
from tests.flows.dashboard import words


class DraftPages:
    """The page of a draft that pays 10% of an event type, and the pages that it leads to."""

    def __init__(self, client: Any, event_type: Any) -> None:
        self.client = client
        pays = {"event_type": event_type.pk, "kind": "PERCENT", "value": "10", "payout_level": "ORDER"}
        answer = client.post(url("terms_create"), {"name": "New", "labels": "", "currency": "GBP", **pays})
        assert answer.status_code == 302
        self.draft = answer["Location"]

    def add_event_type(self, event_type: Any, rate: str) -> None:
        """Have the draft pay a percentage of one more event type, and go on with the page of that one."""
        found = re.search(r'href="([^"]*/event-types/new/)"', self.read(self.draft))
        assert found
        pays = {"event_type": event_type.pk, "kind": "PERCENT", "value": rate, "payout_level": "ORDER"}
        answer = self.client.post(found[1], pays)
        assert answer.status_code == 302
        self.draft = answer["Location"]

    @property
    def review(self) -> str:
        return f"{self.draft.partition('?')[0]}publish/"

    def read(self, address: str) -> str:
        response = self.client.get(address)
        assert response.status_code == 200, address
        return str(response.content.decode())

    def send(self, form: ShownForm, typed: Typed) -> None:
        """Send a form as it stands with what was typed; the page has to take it."""
        fields = {name: value for name, value in (form.fields | typed).items() if value is not None}
        response = self.client.post(form.address, fields)
        assert response.status_code == 302, (form.address, words(response.content.decode())[:3000])

    def form(self, html: str, id: str) -> ShownForm:
        return form_of(self.draft, html, id)

    def line(self, html: str, slug: str) -> str:
        """What the closed row says."""
        found = re.search(rf'id="{slug}-line">(.*?)</span>', html, re.DOTALL)
        assert found, slug
        return words(found[1])

    def type_all(self, draft: Draft) -> None:
        """Name, labels and currency first, then the panels, then the rows of each list."""
        head: Typed = {"name": draft.name, "labels": draft.labels, "currency": draft.currency}
        self.send(self.form(self.read(self.draft), "general"), head)
        html = self.read(self.draft)
        for panel in chain(PANELS.values(), TERMS_PANELS.values()):
            entries = [draft.sections[name] for name in panel.names if name in draft.sections]
            if typed := {name: value for said in entries for name, value in said.typed.items()}:
                self.send(self.form(html, f"{panel.slug}-form"), typed)
        for slug, kind in KINDS.items():
            rows = draft.sections.get(kind.section)
            for row in rows.rows if isinstance(rows, Rows) else ():
                found = re.search(rf'href="([^"]*/{slug}/new/)"', html)
                assert found, slug
                rules = zip(*row.rules, strict=True) if row.rules else ([], [], [])
                typed = row.typed | dict(zip(("variable", "operator", "values"), map(list, rules), strict=True))
                self.send(self._row_form(found[1]), typed)

    def rows(self, html: str, slug: str) -> list[str]:
        """The rows of a list as they read, in the order shown."""
        section = html.partition(f'<section class="setting" id="{slug}"')[2].partition("</section>")[0]
        shown = re.split(r'<li class="ranked-row[^"]*" data-name', section)[1:]
        return [words(row.partition('class="menu"')[0]) for row in shown]

    def row_forms(self, html: str, slug: str) -> list[dict[str, list[str]]]:
        """The fields of each row's own form, in the order shown."""
        found = dict.fromkeys(re.findall(rf'href="([^"]*/{slug}/\d+/)"', html))
        return [self._row_form(address).fields for address in found]

    def switch_rows(self, *, on: bool) -> None:
        """Each row of each list, with the button that the page has for it now."""
        found = re.findall(rf'formaction="([^"]*/(?:{"|".join(KINDS)})/\d+/switch/)"', self.read(self.draft))
        self._switch(dict.fromkeys(found), on=on)

    def switch_lists(self, *, on: bool) -> None:
        found = re.findall(rf' action="([^"]*/(?:{"|".join(KINDS)})/switch/)"', self.read(self.draft))
        assert len(found) == len(KINDS)
        self._switch(found, on=on)

    def switch_sections(self, *, on: bool) -> None:
        html = self.read(self.draft)
        for panel in chain(PANELS.values(), TERMS_PANELS.values()):
            if typed := {section.switch: "on" if on else None for section in panel.sections if section.switch}:
                self.send(self.form(html, f"{panel.slug}-form"), typed)

    def publish(self) -> TermsVersion:
        """Publish the draft through its review, for nobody new."""
        assert confirm(self.client, self.review, {"join": ""}).status_code == 302
        return TermsVersion.objects.latest("number")

    def _row_form(self, address: str) -> ShownForm:
        return next(form for form in forms_of(address, self.read(address)) if "event_payout" in form.fields)

    def _switch(self, addresses: Iterable[str], *, on: bool) -> None:
        for address in addresses:
            assert self.client.post(address, {"on": "yes" if on else "no"}).status_code == 302
