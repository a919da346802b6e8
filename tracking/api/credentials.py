"""Authentication: HTTP Basic with the AccountSID and a token of that account."""

import hashlib
from typing import cast

from django.http import HttpRequest
from ninja.errors import AuthenticationError
from ninja.security import HttpBasicAuth, HttpBearer

from accounts.api_tokens import bearer_in_force, remembered_token, token_in_force
from accounts.audit.actor import name_token
from accounts.models import Account, ApiToken
from accounts.team.roles import Act
from program.principal import Principal, token_holder

from .answers import Failure
from .rates import count_request


class ApiRequest(HttpRequest):
    """A request as the type checker sees it, that came with a token in force."""

    auth: Principal
    token: ApiToken
    to_prove: tuple[str, str]  # only where the token was not looked up


class Credentials(HttpBasicAuth):
    """Takes a token that is in force, and counts the request against its rate limit."""

    def authenticate(self, request: HttpRequest, username: str, password: str) -> Principal | None:
        """The token's holder, as `request.auth`. Raises Failure 429 for too many requests."""
        token = None if "\x00" in username else token_in_force(username, password)
        if token is None:
            return None
        count_request(request, hashlib.sha256(password.encode()).hexdigest()[:32])
        return _signed_in(request, token)


class RememberedCredentials(Credentials):
    """Accepts a token as of its last look-up, for a view that stores only if it is unchanged, or else looks it up.

    Without the look-up an order by API costs a twelfth less processor time.
    """

    def authenticate(self, request: HttpRequest, username: str, password: str) -> Principal | None:
        """The token's holder, as `request.auth`; see `is_remembered`. Raises Failure 429 for too many requests."""
        token = remembered_token(username, password)
        if token is None:
            return super().authenticate(request, username, password)
        count_request(request, hashlib.sha256(password.encode()).hexdigest()[:32])
        cast(ApiRequest, request).to_prove = (username, password)
        return _signed_in(request, token)


class Bearer(HttpBearer):
    """Takes the same tokens without an AccountSID, which each of them implies; counted against the same rate limit."""

    def authenticate(self, request: HttpRequest, token: str) -> Principal | None:
        """The token's holder, as `request.auth`. Raises Failure 429 for too many requests."""
        secret = token.strip()
        found = bearer_in_force(secret)
        if found is None:
            return None
        count_request(request, hashlib.sha256(secret.encode()).hexdigest()[:32])
        return _signed_in(request, found)


def is_remembered(request: ApiRequest) -> bool:
    """Whether the request's token was not looked up for it."""
    return hasattr(request, "to_prove")


def prove(request: ApiRequest) -> None:
    """Look the request's token up after all. Raises AuthenticationError, which is answered 401."""
    token = token_in_force(*request.to_prove)
    if token is None:
        raise AuthenticationError
    del request.to_prove
    request.auth = _signed_in(request, token)


def _signed_in(request: HttpRequest, token: ApiToken) -> Principal:
    cast(ApiRequest, request).token = token
    name_token(request, str(token))
    return token_holder(token)


def account_of(request: ApiRequest, sid: str, act: Act = Act.VIEW) -> Account:
    """The account in the address, which must be the caller's own: 403 for any other, whether or not there is one, and
    for a token whose scope does not include this.
    """
    if sid != request.auth.account.sid:
        raise Failure(403, "The AccountSID in the address is not the one that signed in.")
    return may(request, act)


def may(request: ApiRequest, act: Act) -> Account:
    """The caller's account; 403 for a token whose scope does not include this."""
    if not request.auth.may(act):
        raise Failure(403, request.auth.refusal(act))
    return request.auth.account
