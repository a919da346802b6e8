"""The tag as a file: one script for all programs, with the program's number and how long its cookie lasts before it."""

import gzip
import time
from functools import lru_cache

from django.conf import settings

from common.db.statements import fetch
from program.models import Program

FILE = settings.BASE_DIR / "static" / "js" / "tag.js"
KEPT_BY_BROWSERS = 3600  # seconds
AS_IT_WAS = 300  # seconds in which a process does not look again
LEAST_DAYS, MOST_DAYS = 30, 400  # browsers keep no cookie longer
# The windows of the versions that a contract stands on.
_WINDOWS = """
SELECT valid ->> 'Window', valid ->> 'WindowUnit' FROM contracts_termsversion AS version
CROSS JOIN LATERAL jsonb_path_query(version.document, '$.EventPayouts[*].ValidReferrals[*]') AS valid
WHERE version.program_id = %s
  AND EXISTS (SELECT FROM contracts_contract AS contract WHERE contract.terms_version_id = version.id)
"""


def tag_of(program_id: int) -> str | None:
    """The tag of a program; None where there is none of that number."""
    return _tag_of(program_id, int(time.time()) // AS_IT_WAS)


@lru_cache(maxsize=2_000)
def _tag_of(program_id: int, _turn: int) -> str | None:
    if not Program.objects.filter(pk=program_id).exists():
        return None
    return f"var ireProgram={{id:{program_id},days:{days_of(program_id)}}};\n{_script()}"


@lru_cache(maxsize=200)
def packed_tag(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)


def days_of(program_id: int) -> int:
    """For how many days the tag's cookie is kept: the longest referral window of the terms that partners work under."""
    found = [LEAST_DAYS]
    for window, unit in fetch(_WINDOWS, [program_id]):
        number = int(window or 0)
        found.append(-(-number // 24) if unit == "HOUR" else number)
    return min(max(found), MOST_DAYS)


@lru_cache(maxsize=1)
def _script() -> str:
    lines = FILE.read_text("utf-8").splitlines()
    return "\n".join(text for line in lines if (text := line.strip()) and not text.startswith("//"))
