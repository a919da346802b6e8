"""Importing a file of customer tags: each row adds tags to a customer, removes them, or says which are all it has."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import F

from common.db.statements import AnyOf, fetch
from common.formats.comparison import compared
from common.formats.nearest import did_you_mean
from common.refusals import Refusal, Refused
from common.web.refusals import in_row
from program.models import Customer, CustomerTag, Program
from program.models.customer import CustomerTagging, CustomerTagName
from program.tags.assigning.taggings import Pair, begin, finish, hold_customers, hold_tags
from tracking.imports.import_run import Run, Sent
from tracking.intake import TagData, customer_id_in, read_customer_tags
from tracking.models import Upload

BATCH = 2_000
COLUMNS = ["Row", "Customer Id", "Tags", "From"]
GUESSED = 100  # unknown customers of a file for which the nearest known one is looked up
# The ids beside one that is not there, in the order of the index.
_BESIDE = """
(SELECT customer_id FROM program_customer WHERE program_id = %(program)s AND customer_id >= %(id)s
 ORDER BY customer_id LIMIT 5)
UNION ALL
(SELECT customer_id FROM program_customer WHERE program_id = %(program)s AND customer_id < %(id)s
 ORDER BY customer_id DESC LIMIT 5)
"""
ADD, REMOVE, REPLACE = Upload.TagMode.ADD, Upload.TagMode.REMOVE, Upload.TagMode.REPLACE
type Carried = Mapping[int, Mapping[int, str]]  # the names of the tags of each customer, by numbers of rows


class Read(NamedTuple):
    """A row that could be read: what was sent, and the tags that it names."""

    number: int
    sent: Sent
    data: TagData
    tags: Sequence[CustomerTag]


class Known:
    """The tags of a program, by every name that each has or had."""

    def __init__(self, program: Program) -> None:
        self.program = program
        names = CustomerTagName.objects.usable().filter(program=program).select_related("tag").order_by("name")
        self.by_name = {each.name_key: each.tag for each in names}
        self.names = sorted({tag.name for tag in self.by_name.values()})
        self.guesses = GUESSED

    def tags(self, names: Iterable[str]) -> list[CustomerTag]:
        """The tags of these names. Raises Refused for the first that no tag has, with the nearest."""
        found = {}
        for name in names:
            tag = self.by_name.get(compared(name))
            if tag is None:
                meant = did_you_mean(name, self.names) or "."
                raise Refused(Refusal("Tags", f"“{name}” is not a customer tag{meant}"))
            found[tag.pk] = tag
        return list(found.values())

    def stranger(self, customer_id: str) -> str:
        """What to say of a customer that is not known: the nearest that is, for the first of a file."""
        meant = ""
        if self.guesses:
            self.guesses -= 1
            beside = fetch(_BESIDE, {"program": self.program.pk, "id": customer_id})
            meant = did_you_mean(customer_id, [known for (known,) in beside])
        return f"“{customer_id}” is not a known customer{meant or '.'}"


def import_rows(run: Run) -> None:
    """Change the tags of the customers of a file, some at a time. A row that changes nothing is a duplicate. The file
    is read twice: all its customers are locked in one order, before the first is changed.
    """
    run.outcome.extra = {"Began": 0, "Ended": 0, "Unchanged": 0, "Priced": 0}
    known = Known(run.program)
    hold_tags(run.program.pk, {tag.pk for tag in known.by_name.values()})
    _hold_customers(run)
    seen: dict[str, int] = {}
    batch: list[Read] = []
    for number, row in run.rows():
        sent = run.take([number])
        try:
            data = read_customer_tags(row, time_zone=run.program.time_zone)
            first = seen.setdefault(data.customer_id, number)
            _check(data, run.mode, None if first == number else first)
            batch.append(Read(number, sent, data, known.tags(data.tags)))
        except Refused as refused:
            run.reject(sent, in_row(number, refused))
        if len(batch) == BATCH:
            _save(run, batch, known)
            batch = []
    _save(run, batch, known)


def _hold_customers(run: Run) -> None:
    ids = set()
    for _, row in run.table:
        ids.add(customer_id_in(row))
        run.tell(0)
    hold_customers(_known(run.program, ids).values())


def _known(program: Program, ids: Iterable[str]) -> dict[str, int]:
    """The numbers of those of these customers who are known, by their ids."""
    found = Customer.objects.known().filter(AnyOf(F("customer_id"), list(ids)), program=program)
    return dict(found.order_by().values_list("customer_id", "pk"))


def _check(data: TagData, mode: str, first: int | None) -> None:
    if mode == REPLACE and first is not None:
        message = f"Customer {data.customer_id} is already on row {first}: keep one of the two rows."
        raise Refused(Refusal("CustomerId", message, "taken"))
    if mode != REPLACE and not data.tags:
        raise Refused(Refusal("Tags", "Is required.", "required"))


def _save(run: Run, batch: Sequence[Read], known: Known) -> None:
    customers = _known(run.program, {read.data.customer_id for read in batch})
    carried = _carried(customers.values())
    later = _ending_after(customers.values(), min(read.data.since or run.now for read in batch)) if batch else {}
    begins: dict[Pair, datetime] = {}
    ends: dict[Pair, datetime] = {}
    good = []
    for read in batch:
        customer = customers.get(read.data.customer_id)
        if problem := _problem(read, run.mode, known, customer, carried):
            run.reject(read.sent, [problem])
        elif customer is not None:
            good.append((read, customer))
            _ask(read, run, customer, {*carried[customer], *later.get(customer, ())}, begins, ends)
    ended = finish(moments=ends, now=run.now)
    began = begin(program_id=run.program.pk, moments=begins, by=run.user_id, now=run.now)
    changed = {change.customer for change in (*ended.changes, *began.changes)}
    for read, customer in good:
        _count(run, read, changed=customer in changed, carried=carried[customer])
    run.outcome.extra["Began"] += began.began + began.extended
    run.outcome.extra["Ended"] += ended.ended
    run.outcome.extra["Priced"] += began.priced + ended.priced


def _carried(customers: Iterable[int]) -> Carried:
    taggings = CustomerTagging.objects.current().filter(AnyOf(F("customer_id"), list(customers)))
    carried: dict[int, dict[int, str]] = defaultdict(dict)
    for customer, tag, name in taggings.order_by("tag__name").values_list("customer_id", "tag_id", "tag__name"):
        carried[customer][tag] = name
    return carried


def _ending_after(customers: Iterable[int], moment: datetime) -> Mapping[int, set[int]]:
    """The tags of each customer that ended or will end after a moment: an order in between would still count them."""
    ended = CustomerTagging.objects.usable().filter(
        AnyOf(F("customer_id"), list(customers)), period__endswith__gt=moment
    )
    found: dict[int, set[int]] = defaultdict(set)
    for customer, tag in ended.values_list("customer_id", "tag_id"):
        found[customer].add(tag)
    return found


def _problem(read: Read, mode: str, known: Known, customer: int | None, carried: Carried) -> Refusal | None:
    if customer is None:
        return Refusal("CustomerId", known.stranger(read.data.customer_id), row=read.number)
    for tag in read.tags:
        if tag.archived_at and mode != REMOVE and not (mode == REPLACE and tag.pk in carried[customer]):
            return Refusal("Tags", f"{tag.name} is archived and cannot be assigned.", "archived", read.number)
    return None


def _ask(
    read: Read,
    run: Run,
    customer: int,
    carried: Collection[int],
    begins: dict[Pair, datetime],
    ends: dict[Pair, datetime],
) -> None:
    """What the row wants to begin and to end; of a customer and tag that stand on several rows the earliest moment.

    `carried` are the tags that the customer carries from then on, and some that ended before.
    """
    moment = read.data.since or run.now
    named = [tag.pk for tag in read.tags]
    gone = named if run.mode == REMOVE else [tag for tag in carried if tag not in named] if run.mode == REPLACE else []
    for moments, tags in ((begins, named if run.mode != REMOVE else []), (ends, gone)):
        for tag in tags:
            moments[customer, tag] = min(moment, moments.get((customer, tag), moment))


def _count(run: Run, read: Read, *, changed: bool, carried: Mapping[int, str]) -> None:
    if not changed:
        run.outcome.duplicates += 1
        run.outcome.extra["Unchanged"] += 1
        return
    run.outcome.accepted += 1
    since = read.data.since.astimezone(run.program.zone).isoformat(timespec="minutes") if read.data.since else ""
    names = {tag.pk: tag.name for tag in read.tags}
    run.show([read.number, read.data.customer_id, ", ".join(names.values()), since])
    after = {**carried, **names}
    if run.mode == REMOVE:
        after = {tag: name for tag, name in carried.items() if tag not in names}
    elif run.mode == REPLACE:
        after = names
    before, later = (", ".join(sorted(each.values())) for each in (carried, after))
    run.differs(read.number, read.data.customer_id, "Tags", before, later)
