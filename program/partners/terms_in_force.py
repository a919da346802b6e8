"""The terms that partners work under now: asked here, answered by the app that has the contracts, which registers the
answer when it is loaded.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from program.models import Program


class InForce(NamedTuple):
    """The version of template terms that a contract is about."""

    template_terms_id: int
    name: str
    number: int


type TermsOf = Callable[[Program, Collection[int]], Mapping[int, Sequence[InForce]]]

_terms_of: list[TermsOf] = []


def answer(terms_of: TermsOf) -> None:
    """Called once by the app that has the contracts, when it is loaded."""
    _terms_of[:] = [terms_of]


def terms_in_force(program: Program, partners: Collection[int]) -> Mapping[int, Sequence[InForce]]:
    """By the number of each of these partners with an active contract; by name of the terms."""
    return next((terms_of(program, partners) for terms_of in _terms_of), {})
