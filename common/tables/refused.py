"""Why a file is not read or not written, in one sentence for its sender."""


class FileRefused(ValueError):
    """The whole file is refused. The message is one sentence that says what is wrong and what to do."""
