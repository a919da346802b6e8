"""Secrets that must be read again, encrypted so that a copy of the database alone does not reveal them. AES-256-GCM
under a key derived from SECRET_KEY. What is encrypted for one owner cannot be decrypted for another.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

MARK = "encrypted:"
_NONCE = 12  # bytes, as the mode requires; random ones collide after 2³² secrets


class Unreadable(Exception):
    """Encrypted under a SECRET_KEY that is neither ours nor among SECRET_KEY_FALLBACKS, or for another owner."""


def encrypt(secret: bytes, *, owner: str) -> str:
    """Return the secret as text that only `opened`, for the same owner, reads."""
    nonce = secrets.token_bytes(_NONCE)
    box = nonce + _cipher(settings.SECRET_KEY).encrypt(nonce, secret, owner.encode())
    return MARK + urlsafe_b64encode(box).decode()


def decrypted(text: str, *, owner: str) -> bytes:
    """Return what was encrypted for this owner. Raises Unreadable."""
    box = urlsafe_b64decode(text.removeprefix(MARK))
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        secret = _open(box, key, owner)
        if secret is not None:
            return secret
    raise Unreadable


def is_current(text: str, *, owner: str) -> bool:
    """Whether it is encrypted, and under the present SECRET_KEY."""
    if not text.startswith(MARK):
        return False
    return _open(urlsafe_b64decode(text.removeprefix(MARK)), settings.SECRET_KEY, owner) is not None


def _open(box: bytes, key: str, owner: str) -> bytes | None:
    try:
        return _cipher(key).decrypt(box[:_NONCE], box[_NONCE:], owner.encode())
    except InvalidTag:
        return None


@lru_cache(maxsize=8)
def _cipher(key: str) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=b"brandboard.encrypted").derive(key.encode()))
