"""What already names an ad: asked here, answered by the apps that have the clicks, the orders and their figures, which
register their answers when they are loaded.
"""

from collections.abc import Callable

from program.models import Ad

type UseOf = Callable[[Ad], str]

_uses: list[UseOf] = []


def answer(use: UseOf) -> None:
    """Called once by each app that knows of uses, when it is loaded."""
    _uses.append(use)


def use_of(ad: Ad) -> str:
    """`actions` or `clicks` where the ad has any; blank for one that can be deleted."""
    return next((found for use in _uses if (found := use(ad))), "")
