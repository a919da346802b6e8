"""A client of the API, with its token and an order to send."""

import base64
import json

from django.test import Client

from accounts.api_tokens import make_api_token

URL = "/Advertisers/BB-ANVILS/Conversions"
FORM = "application/x-www-form-urlencoded"
ORDER = {
    "CampaignId": "1000", "EventTypeCode": "SALE", "EventDate": "NOW", "OrderId": "A1", "MediaPartnerId": "P-1",
    "CurrencyCode": "GBP", "Amount": "100.00", "CustomerStatus": "New",
}  # fmt: skip


class Caller:
    """A program that calls the API with one token."""

    def __init__(self, account, scope="WRITE"):
        self.token, self.secret = make_api_token(account=account, name="Shop", scope=scope)
        basic = base64.b64encode(f"{account.sid}:{self.secret}".encode()).decode()
        self.headers = {"Authorization": f"Basic {basic}"}

    def post(self, body, *, url=URL, content_type=None, **headers):
        if isinstance(body, dict):
            body, content_type = json.dumps(body), content_type or "application/json"
        return Client().post(url, body, content_type=content_type or FORM, headers={**self.headers, **headers})

    def put(self, body, *, url, **headers):
        return self._send("PUT", url, body, headers)

    def delete(self, url, body=None, **headers):
        return self._send("DELETE", url, body, headers)

    def get(self, url):
        return Client().get(url, headers=self.headers)

    def bearer(self):
        """The same program, as one that sends its token alone."""
        self.headers = {"Authorization": f"Bearer {self.secret}"}
        return self

    def _send(self, method, url, body, headers):
        sent = "" if body is None else json.dumps(body)
        return Client().generic(method, url, sent, content_type="application/json", headers={**self.headers, **headers})
