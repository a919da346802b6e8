"""Importing promo codes: known ones are changed, as codes are compared, and new ones added."""

from django.db import transaction

from common.formats.comparison import compared
from common.refusals import Refusal, Refused
from common.web.refusals import in_row
from program.promo_codes.services import promo_code_values, save_promo_code
from tracking.imports.import_run import Run

from .reading import PROMO_CODE_NAMES, read_promo_code

COLUMNS = ["Row", "Code", "Use", "Partner Id", "Group"]


def import_rows(run: Run) -> None:
    """Save the promo codes of a file. An empty cell leaves what is stored; a new code without `Use` credits."""
    run.outcome.extra = {"Added": 0, "Changed": 0, "Unchanged": 0}
    seen: dict[str, tuple[int, str]] = {}
    for number, row in run.rows():
        sent = run.take([number])
        try:
            said = read_promo_code(row, of_file=True)
            first, as_code = seen.setdefault(compared(said["code"]), (number, said["code"]))
            if first != number:
                message = f"“{said['code']}” is already on row {first} as “{as_code}”: keep one of the two rows."
                raise Refused(Refusal("Code", message, "taken"))
            _save(run, number, said)
        except Refused as refused:
            errors = (each._replace(path=PROMO_CODE_NAMES.get(each.path, each.path)) for each in refused)
            run.reject(sent, in_row(number, errors))


def _save(run: Run, number: int, said: dict[str, str]) -> None:
    with transaction.atomic():
        saved = save_promo_code(program=run.program, said=said)
    run.show([number, *promo_code_values(saved.code).values()])
    counted = "Added" if saved.is_new else "Changed" if saved.differences else "Unchanged"
    run.outcome.extra[counted] += 1
    run.outcome.accepted += counted != "Unchanged"
    run.outcome.duplicates += counted == "Unchanged"
    for difference in saved.differences:
        run.differs(number, saved.code.code, *difference)
