"""The app on a user's phone, as django-otp keeps it, but for its key."""

from binascii import unhexlify

from django_otp.plugins.otp_totp.models import TOTPDevice

from common.encryption import MARK, decrypted, encrypt, is_current


class AuthenticatorApp(TOTPDevice):
    """An app that shows a user's codes. Its key is encrypted in the database (common/encryption.py)."""

    key: str  # for the type checker; django-otp does not declare it

    class Meta:
        proxy = True

    @property
    def bin_key(self) -> bytes:
        """The key that codes are computed from. Raises Unreadable."""
        if not self.key.startswith(MARK):  # from before keys were encrypted, until a code of it is used
            return unhexlify(self.key)
        return decrypted(self.key, owner=self.owner)

    @property
    def owner(self) -> str:
        return f"second factor of user {self.user_id}"

    def encrypt_again(self) -> None:
        """Encrypt the key under the present SECRET_KEY, unless it already is."""
        if not is_current(self.key, owner=self.owner):
            self.key = encrypt(self.bin_key, owner=self.owner)
            self.save(update_fields=["key"])
