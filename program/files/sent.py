"""Files that somebody sends: which are taken, and how large they may be. Whoever sends more is not listened to."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from program.files.read import KINDS
from program.files.refused import FileRefused

MAX_SIZE = 64 * 1024**2
TOO_LARGE = f"The file is larger than {MAX_SIZE // 1024**2} MB and was not kept: pack it as .csv.gz, or split it."


def check_sent(filename: str, content: bytes) -> None:
    """Refuse a file by its name or size, before anything reads it. Raises FileRefused."""
    if len(content) > MAX_SIZE:
        raise FileRefused(TOO_LARGE)
    if not filename.casefold().endswith(KINDS):
        raise FileRefused(f"“{filename[-60:]}” is not a kind of file that is read here: send {', '.join(KINDS)}.")


class SizeLimit(FileUploadHandler):
    """Stops keeping a file that grows beyond the bound; what still comes of it is read and dropped."""

    size = 0
    is_exceeded = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.size += len(raw_data)
        if self.size > MAX_SIZE:
            self.is_exceeded = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
