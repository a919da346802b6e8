"""What the people and programs of a brand do, through HTTP alone: a browser without script, and a shop's API client."""

import base64
import html
import re
import time
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.utils import timezone

PATIENCE = 120  # seconds in which a worker must have done its part, on a machine that is busy with other tests


def until[Answer](look: Callable[[], Answer], is_there: Callable[[Answer], bool]) -> Answer:
    """Look again until it is there; the answer that had it. Fails with the last answer after PATIENCE seconds."""
    end = time.monotonic() + PATIENCE
    while not is_there(answer := look()):
        assert time.monotonic() < end, f"it did not happen in time: {answer!r:.2000}"
        time.sleep(0.1)
    return answer


def words(page: str) -> str:
    """A page as it reads: without tags, with single spaces."""
    page = re.sub(r"(?s)<(script|style|template|select|svg).*?</\1>", " ", page)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


class Dashboard:
    """A browser in which somebody is signed in, on the pages of one program."""

    def __init__(self, client: Client, program_id: int) -> None:
        self.client, self.home = client, f"/p/{program_id}/"

    def get(self, path: str) -> Any:
        return self.client.get(path if path.startswith("/") else self.home + path)

    def read(self, path: str) -> str:
        """A page as it reads; it has to be there."""
        response = self.get(path)
        assert response.status_code == 200, (path, response.status_code)
        return words(response.content.decode())

    def send(self, path: str, **fields: Any) -> Any:
        """Send a form and follow where it leads; it has to be taken."""
        response = self.client.post(path if path.startswith("/") else self.home + path, fields, follow=True)
        assert response.status_code == 200, (path, response.status_code, words(response.content.decode())[:3000])
        return response

    def send_to(self, page: str, form: str, **fields: Any) -> Any:
        """Send a form to the first address on a page that ends as `form` does."""
        content = self.get(page).content.decode()
        found = re.search(rf'(?:action|href|formaction)="([^"]*{form})"', content)
        assert found, f"{page} leads to no {form}"
        return self.send(found[1], **fields)

    def add_event_type(self, statuses: dict[str, str]) -> None:
        """SALE, with the codes that the shop sends for each customer status."""
        fields = {"code": "SALE", "name": "Online sale", "category": "SALE", "is_active": "on"}
        edit = self.send(
            "settings/event-types/new/", **fields, payout_levels="BOTH", deduplication_days="30", reported_by="SERVER"
        )
        self.send(
            f"{edit.request['PATH_INFO']}customer-status-mapping/",
            category=list(statuses),
            codes=list(statuses.values()),
            enabled="on",
            confirmed="on",
        )

    def add_partner(self, partner_id: str, name: str) -> None:
        self.send("partners/new/", media_partner_id=partner_id, name=name)

    def make_token(self, scope: str = "WRITE") -> "Shop":
        """A token for the API, used as the shop would: the page shows it this once."""
        page = self.send("settings/api-tokens/new/", name="Web shop", scope=scope).content.decode()
        secret, sid = re.findall(r"<code data-copy>([^<]+)</code>", page)
        return Shop(sid, secret, int(self.home.split("/")[2]))

    def create_terms(self, name: str, rate: str) -> str:
        """A draft that pays `rate` percent of every SALE; the address of its page."""
        page = self.send("contracts/template-terms/new/", name=name, labels="", currency="GBP")
        place = page.request["PATH_INFO"]
        page = self.send(place, event_type="SALE", kind="PERCENT", value=rate, payout_level="ORDER")
        return str(page.request["PATH_INFO"])

    def publish(self, terms: str, comment: str, join: str = "all") -> str:
        """Publish the draft, once it was shown what that does; the page of the version as it reads."""
        fields = {"comment": comment, "join": join}
        shown = re.search(r'name="shown" value="(\w+)"', self.send(f"{terms}publish/", **fields).content.decode())
        assert shown
        return words(self.send(f"{terms}publish/", **fields, shown=shown[1]).content.decode())

    def action(self, order_id: str) -> str:
        """The page of an order's action as it reads, as soon as a worker has priced it."""

        def listed() -> Any:
            page = self.get(f"transactions/actions/?q={order_id}").content.decode()
            return re.search(rf'href="([^"]+)"[^>]*>{order_id}<', page)

        return self.read(until(listed, bool)[1])


class Shop:
    """A program of the brand that reports orders with one token."""

    def __init__(self, sid: str, secret: str, program_id: int) -> None:
        self.sid, self.secret, self.program_id = sid, secret, program_id
        self.url = f"/Advertisers/{sid}/Conversions"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(f"{self.sid}:{self.secret}".encode()).decode()}

    def order(self, order_id: str, **fields: str) -> dict[str, str]:
        """The fields of an order of 100.00 by a new customer, credited to P-ANNA."""
        order = {"CampaignId": str(self.program_id), "EventTypeCode": "SALE", "EventDate": timezone.now().isoformat(),
                 "OrderId": order_id, "MediaPartnerId": "P-ANNA", "CurrencyCode": "GBP", "Amount": "100.00",
                 "CustomerStatus": "new"}  # fmt: skip
        return {**order, **fields}

    def post(self, order_id: str, **fields: str) -> Any:
        return Client().post(self.url, self.order(order_id, **fields), content_type="application/json",
                             headers=self.headers)  # fmt: skip

    def report(self, order_id: str, **fields: str) -> str:
        """Report an order, which has to be taken; where its progress can be read."""
        response = self.post(order_id, **fields)
        assert response.status_code == 200, response.content
        assert response.json()["Status"] == "QUEUED"
        return str(response.json()["QueuedUri"])

    def submission(self, uri: str) -> dict[str, Any]:
        return dict(Client().get(uri, headers=self.headers).json())

    def priced(self, uri: str) -> dict[str, Any]:
        """The submission as soon as it is complete."""
        return until(lambda: self.submission(uri), lambda answer: answer["Status"] == "Complete")
