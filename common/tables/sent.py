"""Files that somebody sends: which are taken, and how large they may be."""

from common.refusals import Refused
from common.tables.read import KINDS

MAX_SIZE = 64 * 1024**2
TOO_LARGE = f"The file is larger than {MAX_SIZE // 1024**2} MB and was not kept: pack it as .csv.gz, or split it."


def check_sent(filename: str, content: bytes) -> None:
    """Refuse a file by its name or size, before anything reads it. Raises Refused."""
    if len(content) > MAX_SIZE:
        raise Refused(TOO_LARGE)
    if not filename.casefold().endswith(KINDS):
        raise Refused(f"“{filename[-60:]}” is not a supported kind of file: send {', '.join(KINDS)}.")
