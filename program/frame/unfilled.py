"""Rule variables that no order has a value of in this installation: asked here, answered by the app that reads orders,
which registers the answer when it is loaded.
"""

from collections.abc import Callable, Mapping

type Unfilled = Callable[[], Mapping[str, str]]

_answers: list[Unfilled] = []


def answer_unfilled(unfilled: Unfilled) -> None:
    """Called once by the app that reads orders, when it is loaded."""
    _answers[:] = [unfilled]


def unfilled_variables() -> Mapping[str, str]:
    """By the key of each such variable: what is missing, to be read after “missing, because ”."""
    return next((unfilled() for unfilled in _answers), {})
