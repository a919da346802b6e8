"""Visitors who follow links, and what is stored of them."""

from typing import Any

from django.test import Client

from program.models import Ad
from tracking.journeys.click_ids import read_click_id
from tracking.models import Step

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)


def make_ad(program: Any, **fields: Any) -> Ad:
    """An ad that leads to the shop, to which the program's links may lead."""
    if not program.landing_domains:
        program.landing_domains = ["shop.example", "*.shop.example"]
        program.save()
    values = {"name": "Home", "landing_page": "https://www.shop.example/", **fields}
    return Ad.objects.create(program=program, **values)


class Visitor:
    """A browser that follows links of one ad, and keeps its cookies."""

    def __init__(self, ad: Ad, partner: str = "P-1", *, address: str = "81.2.69.160", agent: str = CHROME) -> None:
        self.client = Client()
        self.path = f"{partner}/{ad.pk}/{ad.program_id}"
        self.sent = {"REMOTE_ADDR": address, "HTTP_USER_AGENT": agent}

    def click(self, query: dict[str, str] | None = None, **more: Any) -> Any:
        return self.client.get(f"/c/{self.path}", query or {}, **{**self.sent, **more})

    def see(self, **more: Any) -> Any:
        return self.client.get(f"/i/{self.path}", **{**self.sent, **more})


def click_of(answer: Any) -> Step:
    """The step that an answer's address names."""
    return Step.objects.get(id=read_click_id(click_id_of(answer)))


def click_id_of(answer: Any) -> str:
    return str(answer["Location"].partition("irclickid=")[2].partition("#")[0])
