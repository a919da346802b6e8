"""Which field of a page a path of the terms belongs to."""

FIELDS = {
    "Name": "name",
    "Labels": "labels",
    "Currency": "currency",
    "EventTypeCode": "event_type",
    "DefaultPayout": "value",
    "DefaultPayoutRate": "value",
    "PayoutLevel": "payout_level",
    "Locking.MonthOffset": "locking_months",
    "Locking.DayOffset": "locking_days",
    "PayoutScheduling.MonthOffset": "scheduling_months",
    "PayoutScheduling.DayOffset": "scheduling_days",
    "Join": "partners",
    "Start": "start",
    "End": "end",
}
