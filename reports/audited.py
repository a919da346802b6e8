"""Who took which figures away as a file is in the audit log."""

from accounts.audit.tables import AuditedTable

AUDITED = (
    AuditedTable(
        "reports_export",
        "exported report",
        "exported reports",
        without=(
            "content", "progress", "rows", "attempts", "failure", "created_at", "beat_at", "finished_at",
            "cancelled_by_id", "removed_at",
        ),
        by_people=True,
    ),
)  # fmt: skip
_ROLLUP = "Computed again from the actions whenever they change."
NOT_AUDITED = {
    "reports_dailyclicks": "Computed again from the clicks whenever some are added.",
    "reports_dailyperformance": _ROLLUP,
    "reports_dailytotal": _ROLLUP,
    "reports_weeklyperformance": _ROLLUP,
}
