"""Change notice period on pages."""

from collections.abc import Mapping
from typing import Any

from common.web.field_messages import Worded
from contracts.sections.fields import count_field
from contracts.sections.panels import FormSection, Panel


class NoticeForm(Worded):
    notice_days = count_field(label="Days of notice")


def read(data: Mapping[str, Any]) -> int:
    days: int = data["notice_days"]
    return days


def initial(value: int) -> dict[str, Any]:
    return {"notice_days": value}


NOTICE = FormSection(
    section="change_notification_period",
    slug="change-notice",
    form=NoticeForm,
    fields={"ChangeNotificationPeriod": "notice_days"},
    initial=initial,
    value=read,
    help="The version that a partner works under decides; it counts for a move to other terms, too.",
    sentences=("A new version applies {notice_days} days after it is published at the earliest.",),
)
NOTICE_PANEL = Panel(
    slug="notice",
    title="Change notice period",
    sections=(NOTICE,),
    saved="The change notice period is saved in the draft.",
)
