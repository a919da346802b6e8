"""Addresses of our own pages in mails and messages: from BASE_URL, never from the Host header of a request."""

from urllib.parse import urlsplit

from django.conf import settings


def base_url(text: str) -> str:
    """Return the address under which people reach the product, without a slash at its end. Raises ValueError."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("BASE_URL is not the address of a site. Write https://brandboard.example.com")
    return f"{parts.scheme}://{parts.netloc}"


def link(path: str) -> str:
    """Return the whole address of one of our paths."""
    return f"{settings.BASE_URL}{path}"
