"""Drafts, published terms, contracts and files of payout groups in the audit log."""

from accounts.audit.tables import AuditedTable

AUDITED = (
    AuditedTable(
        "contracts_templateterms",
        "template terms",
        "template terms",
        without=("updated_at", "created_at", "draft_revision"),
        opened=("sections", "switched_on"),
    ),
    AuditedTable("contracts_eventpayout", "event payout", "event payouts", opened=("sections", "switched_on")),
    AuditedTable("contracts_payoutgroup", "payout group", "payout groups"),
    AuditedTable("contracts_payoutadjustment", "payout adjustment", "payout adjustments"),
    AuditedTable("contracts_payoutrestriction", "payout restriction", "payout restrictions"),
    AuditedTable("contracts_termsversion", "published terms", "published terms", without=("document", "published_at")),
    AuditedTable("contracts_accountrule", "account rule", "account rules", without=("set_at", "set_by_id")),
    AuditedTable("contracts_customterms", "custom terms", "custom terms"),
    AuditedTable(
        "contracts_customtermsversion",
        "version of custom terms",
        "versions of custom terms",
        without=("content", "created_at"),
    ),
    AuditedTable("contracts_contract", "contract", "contracts", without=("created_at",)),
    AuditedTable(
        "contracts_groupfile",
        "file of payout groups",
        "files of payout groups",
        without=(
            "content", "written", "preview", "revision", "progress", "rows", "attempts", "failure", "created_at",
            "beat_at", "finished_at", "before", "cancelled_by_id", "removed_at",
        ),
        by_people=True,
    ),
)  # fmt: skip
_CONTRACT = "Written with its contract, whose entry says what was agreed."
NOT_AUDITED = {
    "contracts_contracteventtype": _CONTRACT,
    "contracts_takentime": _CONTRACT,
    "contracts_bulkchange": "Rows before a change of many, kept so that it can be undone; their own entries say it.",
    "contracts_publishreview": "What a worker found in a draft, kept while it stands; publishing has its own entry.",
    "contracts_publishing": "What somebody confirmed, for a worker; what it comes to has entries of its own.",
}
