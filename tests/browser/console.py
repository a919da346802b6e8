"""What the console of a page may say."""

from playwright.sync_api import ConsoleMessage


def is_unexpected(message: ConsoleMessage) -> bool:
    # What is typed on replaces the preview that was asked for, which htmx reports by the last two.
    expected = ("status of 422", "status of 409", "htmx:afterRequest", "htmx:sendAbort")
    return message.type in ("error", "warning") and not any(words in message.text for words in expected)
