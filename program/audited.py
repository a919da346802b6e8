"""Tables of accounts and programs in the audit log."""

from program.audit_tables import AuditedTable

AUDITED = (
    AuditedTable("accounts_user", "user", "users", without=("last_login",)),
    AuditedTable("accounts_account", "account", "accounts"),
    AuditedTable("program_program", "program", "programs", without=("created_at",)),
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
    AuditedTable("program_eventtype", "event type", "event types"),
    AuditedTable(
        "program_customerstatusmapping", "customer status code", "customer status codes", without=("code_key",)
    ),
    AuditedTable("program_partner", "partner", "partners", without=("created_at",)),
    AuditedTable("program_partnergroup", "partner group", "partner groups"),
    AuditedTable("program_partnergroupmember", "partner in a group", "partners in groups"),
    AuditedTable("program_customertag", "customer tag", "customer tags"),
    AuditedTable("program_customertagging", "tag on a customer", "tags on customers"),
    AuditedTable("program_exceptionlist", "exception list", "exception lists"),
    AuditedTable("program_exceptionlistitem", "entry of an exception list", "entries of exception lists"),
    AuditedTable("program_catalogitem", "catalog item", "catalog items"),
)
_ADMIN = "Rights in Django admin, which keeps a log of its own."
_SIGN_IN = "Log-ins, lock-outs and steps of a second factor are events of the audit log."
_SELF = "The audit log itself."
NOT_AUDITED = {
    "django_admin_log": "The log of Django admin.",
    "auth_permission": _ADMIN,
    "auth_group": _ADMIN,
    "auth_group_permissions": _ADMIN,
    "auth_user_groups": _ADMIN,
    "auth_user_user_permissions": _ADMIN,
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
    "accounts_auditseal": _SELF,
    "program_customer": "Orders add customers; nobody changes one, and their tags are in the log.",
}
