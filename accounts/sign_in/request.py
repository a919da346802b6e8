"""A request as the type checker sees it, of somebody who is logged in."""

from typing import TYPE_CHECKING, TypedDict

from accounts.models import User
from common.requests.typed import HtmxRequest

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Annotations(TypedDict):
    """What accounts/second_factor/required.py reads with the user of a request."""

    owes_second_factor: bool


class UserRequest(HtmxRequest):
    user: "WithAnnotations[User, Annotations]"
