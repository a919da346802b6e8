"""Which field of a page a path of the terms belongs to, outside of the sections."""

FIELDS = {
    "Name": "name",
    "Labels": "labels",
    "Currency": "currency",
    "Join": "partners",
    "Start": "start",
    "End": "end",
}
