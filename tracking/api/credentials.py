"""Authentication: HTTP Basic with the AccountSID and a token of that account."""

import hashlib

from django.http import HttpRequest
from ninja.errors import AuthenticationError
from ninja.security import HttpBasicAuth

from accounts.api_tokens import remembered_token, token_in_force
from accounts.audit.actor import name_token
from accounts.models import Account, ApiToken

from .answers import Failure
from .rates import count_request


class Credentials(HttpBasicAuth):
    """Takes a token that is in force, and counts the request against its rate limit."""

    def authenticate(self, request: HttpRequest, username: str, password: str) -> Account | None:
        """The account, as `request.auth`. Raises Failure 429 for too many requests."""
        token = None if "\x00" in username else token_in_force(username, password)
        if token is None:
            return None
        count_request(request, hashlib.sha256(password.encode()).hexdigest()[:32])
        return _signed_in(request, token)


class RememberedCredentials(Credentials):
    """Accepts a token as of its last look-up, for a view that stores only if it is unchanged, or else looks it up.

    Without the look-up an order by API costs a twelfth less processor time.
    """

    def authenticate(self, request: HttpRequest, username: str, password: str) -> Account | None:
        """The account, as `request.auth`; see `is_remembered`. Raises Failure 429 for too many requests."""
        token = remembered_token(username, password)
        if token is None:
            return super().authenticate(request, username, password)
        count_request(request, hashlib.sha256(password.encode()).hexdigest()[:32])
        request.to_prove = (username, password)  # type: ignore[attr-defined]
        return _signed_in(request, token)


def is_remembered(request: HttpRequest) -> bool:
    """Whether the request's token was not looked up for it."""
    return hasattr(request, "to_prove")


def prove(request: HttpRequest) -> None:
    """Look the request's token up after all. Raises AuthenticationError, which is answered 401."""
    token = token_in_force(*request.to_prove)  # type: ignore[attr-defined]
    if token is None:
        raise AuthenticationError
    del request.to_prove  # type: ignore[attr-defined]
    request.auth = _signed_in(request, token)  # type: ignore[attr-defined]


def _signed_in(request: HttpRequest, token: ApiToken) -> Account:
    request.token = token  # type: ignore[attr-defined]
    name_token(request, str(token))
    return token.account


def token_of(request: HttpRequest) -> ApiToken:
    """The token that the request came with."""
    token: ApiToken = request.token  # type: ignore[attr-defined]
    return token


def account_of(request: HttpRequest, sid: str) -> Account:
    """The account in the address, which must be the caller's own: 403 for any other, whether or not there is one."""
    account: Account = request.auth  # type: ignore[attr-defined]
    if sid != account.sid:
        raise Failure(403, "The AccountSID in the address is not the one that signed in.")
    return account


def account_to_change(request: HttpRequest, sid: str) -> Account:
    """The same for a request that stores something: 403 for a token that may only read."""
    account = account_of(request, sid)
    if token_of(request).scope != ApiToken.Scope.WRITE:
        raise Failure(403, "This token may only read; use one with the scope Read and write.")
    return account
