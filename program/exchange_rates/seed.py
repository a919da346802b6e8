"""The European Central Bank's rates that come with the product, so that it converts before anything is fetched."""

from datetime import date
from pathlib import Path

from common.tables.read import read_table
from program.models import ReferenceRate

from .file_rows import LAYOUT, read_rates
from .services import save_reference_rates

# Euro foreign exchange reference rates, © European Central Bank, free to use with its name; unchanged, since 2015.
BUNDLED = Path(__file__).parent / "ecb-since-2015.csv.gz"
BATCH = 10_000


def seed_reference_rates() -> int:
    """Store those of the bundled rates that are missing; returns how many. Nothing is read beyond its newest day where
    that is known.
    """
    rates = []
    added = 0
    for place, (_, row) in enumerate(read_table(BUNDLED, BUNDLED.name, layout=LAYOUT)):
        of_day = read_rates(row, today=date.max)
        if not place and ReferenceRate.objects.filter(date=of_day[0].date).exists():
            return 0
        rates += of_day
        if len(rates) >= BATCH:
            added += save_reference_rates(rates, only_missing=True).added
            rates = []
    return added + save_reference_rates(rates, only_missing=True).added
