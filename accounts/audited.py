"""Tables of accounts in the audit log."""

from accounts.audit.tables import AuditedTable

AUDITED = (
    AuditedTable("accounts_user", "user", "users", without=("last_login",)),
    AuditedTable("accounts_account", "account", "accounts"),
    AuditedTable("accounts_membership", "team member", "team members"),
    AuditedTable(
        "accounts_invitation",
        "invitation of",
        "invitations",
        without=("token_hash", "is_mailed", "invited_by_id", "accepted_by_id", "created_at", "expires_at"),
    ),
    AuditedTable(
        "accounts_apitoken",
        "API token",
        "API tokens",
        without=("token_hash", "last_used_at", "created_at", "created_by_id"),
    ),
)
_ADMIN = "Rights in Django admin, which keeps a log of its own."
_SIGN_IN = "Log-ins, lock-outs and steps of a second factor are events of the audit log."
_SELF = "The audit log itself."
NOT_AUDITED = {
    "django_admin_log": "The log of Django admin.",
    "auth_permission": _ADMIN,
    "auth_group": _ADMIN,
    "auth_group_permissions": _ADMIN,
    "accounts_user_groups": _ADMIN,
    "accounts_user_user_permissions": _ADMIN,
    "django_content_type": "Names of models, which migrations write.",
    "django_session": _SIGN_IN,
    "axes_accessattempt": _SIGN_IN,
    "axes_accessattemptexpiration": _SIGN_IN,
    "axes_accessfailurelog": _SIGN_IN,
    "axes_accesslog": _SIGN_IN,
    "otp_static_staticdevice": _SIGN_IN,
    "otp_static_statictoken": _SIGN_IN,
    "otp_totp_totpdevice": _SIGN_IN,
    "accounts_auditentry": _SELF,
    "accounts_audittext": _SELF,
    "accounts_auditlink": _SELF,
}
