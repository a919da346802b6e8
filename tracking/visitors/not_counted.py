"""Requests that no person made by following a link: bots, prefetches and previews of links. They are told by what they
say of themselves, and counted apart.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from tracking.models import Step

LONGEST = 2_000  # characters of a user agent that are looked at
_PREFETCH = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
_AHEAD = ("prefetch", "prerender", "preview")
_PREVIEWS = re.compile(
    "slackbot|slack-imgproxy|facebookexternalhit|facebot|facebookcatalog|whatsapp|twitterbot|telegrambot|linkedinbot|"
    "discordbot|skypeuripreview|microsoftpreview|teamsbot|pinterestbot|redditbot|mastodon|iframely|embedly|vkshare|"
    "snap url preview|google-pagerenderer|bitlybot|line-poker|kakaotalk-scrap|zoombot|synapse|matrix-media|mattermost|"
    "rocket\\.chat"
)
_BOTS = re.compile(
    "(?<!cu)bot(?![a-z])|crawl|spider|slurp|archiver|scrapy|scan(?:ner)?\\b|monitor|uptime|pingdom|lighthouse|phantomjs|"
    "curl/|wget|python|go-http-client|java/|okhttp|libwww|httpclient|axios|node-fetch|undici|guzzle|^ruby|^perl|"
    "postman|insomnia|feedfetcher|mediapartners|proofpoint|barracuda|mimecast"
)


def not_counted(request: HttpRequest, derived: Mapping[str, Any]) -> Step.NotCounted | None:
    """What the request is instead of a person's, None where it may be one; `derived` are the values of its agent."""
    ahead = " ".join(request.META.get(header, "") for header in _PREFETCH).lower()
    if any(word in ahead for word in _AHEAD):
        return Step.NotCounted.PREFETCH
    agent = request.META.get("HTTP_USER_AGENT", "")[:LONGEST].lower()
    if _PREVIEWS.search(agent):
        return Step.NotCounted.PREVIEW
    if not agent.strip() or _BOTS.search(agent) or derived.get("DerivedDeviceType") == "Bot":
        return Step.NotCounted.BOT
    return None
