"""Uploads and changes of orders in the audit log, as they were sent. Orders and actions keep histories of their own."""

from accounts.audit.tables import AuditedTable

AUDITED = (
    AuditedTable(
        "tracking_upload",
        "uploaded file",
        "uploaded files",
        without=(
            "content", "preview", "summary", "progress", "rows", "attempts", "failure", "created_at", "beat_at",
            "finished_at", "cancelled_by_id", "removed_at",
        ),
        by_people=True,
    ),
    AuditedTable(
        "tracking_modification",
        "change of an order",
        "changes of orders",
        without=("received_at", "detail", "attempts", "begun_together", "processed_at", "repetition"),
        by_people=True,
    ),
)  # fmt: skip
_HISTORY = "What was reported and booked is never changed without an update of the action, which keeps both."
_WORK = "Bookkeeping of the workers."
NOT_AUDITED = {
    "tracking_conversion": _HISTORY,
    "tracking_action": _HISTORY,
    "tracking_actionitem": _HISTORY,
    "tracking_actionupdate": _HISTORY,
    "tracking_limitcounter": "The sum of what actions took, each of which keeps it.",
    "tracking_uploaderror": "Part of the upload.",
    "tracking_browserreport": "What browsers sent; it changes nothing, and is kept for a few days.",
    "tracking_claim": _WORK,
    "tracking_step": "Written by visitors, and never changed.",
    "tracking_erasedprofile": "Part of erasing a customer, and kept for a month.",
    "tracking_seentogether": "Seen of visitors and orders, and never changed.",
    "tracking_touchedstep": _WORK,
    "tracking_touchedday": _WORK,
    "tracking_checkedorders": _WORK,
    "tracking_keptanswer": _WORK,
    "tracking_retryofmany": _WORK,
    "tracking_statuscheck": "Read from orders; it changes nothing.",
    "tracking_checkedstatus": "Part of the status check.",
    "tracking_erasure": "Asking for it and its end are events of the log.",
    "tracking_customerfile": "Asking for it is an event of the log.",
}
