"""Tables of programs in the audit log."""

from accounts.audit.tables import AuditedTable

AUDITED = (
    AuditedTable("program_program", "program", "programs", without=("created_at",)),
    AuditedTable("program_eventtype", "event type", "event types"),
    AuditedTable(
        "program_customerstatusmapping", "customer status code", "customer status codes", without=("code_key",)
    ),
    AuditedTable("program_partner", "partner", "partners", without=("created_at",)),
    AuditedTable("program_partnergroup", "partner group", "partner groups"),
    AuditedTable("program_partnergroupmember", "partner in a group", "partners in groups"),
    AuditedTable("program_ad", "ad", "ads", without=("created_at",)),
    AuditedTable("program_promocode", "promo code", "promo codes", without=("code_key", "created_at")),
    AuditedTable("program_mediasource", "media source", "media sources", without=("name_key",)),
    AuditedTable("program_customertag", "customer tag", "customer tags"),
    AuditedTable("program_customertagging", "tag on a customer", "tags on customers", without=("assigned_at",)),
    AuditedTable("program_customersegment", "customer segment", "customer segments", without=("created_at",)),
    AuditedTable("program_exceptionlist", "exception list", "exception lists", without=("created_at",)),
    AuditedTable(
        "program_exceptionlistitem",
        "entry of an exception list",
        "entries of exception lists",
        without=("value_key", "created_at"),
    ),
    AuditedTable("program_catalogitem", "catalog item", "catalog items"),
    AuditedTable("program_exchangerate", "exchange rate", "exchange rates", without=("created_at",)),
)
NOT_AUDITED = {
    "program_customer": "Orders, files and the API say who they are; tags on them and erasing one are in the log.",
    "program_customerrevenue": "Counted from the actions.",
    "program_tagact": "What it does to tags on customers is in the log.",
    "program_tagactchange": "The tags on customers are in the log.",
    "program_customertagname": "Written with the tag, whose names are in the log.",
    "program_exceptionlistname": "Written with the list, whose names are in the log.",
    "program_ratefetch": "The worker's note of the last fetch.",
    "program_referencerate": "The European Central Bank's, for all programs; a changed one is in the log file.",
    "program_receivedvalue": "Counted from the orders as they are received.",
}
