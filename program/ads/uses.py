"""What already names an ad: asked here, answered by the app that has the clicks and the orders, which registers the
answer when it is loaded.
"""

from collections.abc import Callable

from program.models import Ad

type UseOf = Callable[[Ad], str]

_use_of: list[UseOf] = []


def answer(use: UseOf) -> None:
    """Called once by the app that has the orders, when it is loaded."""
    _use_of[:] = [use]


def use_of(ad: Ad) -> str:
    """`actions` or `clicks` where the ad has any; blank for one that can be deleted."""
    return next((use(ad) for use in _use_of), "")
