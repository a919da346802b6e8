"""Idempotency-Key: a request that is sent again, because its answer was lost, does nothing a second time."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import transaction

from common.refusals import Refusal
from tracking.api.answers import Failure
from tracking.api.credentials import ApiRequest
from tracking.api.request_body import idempotency_key
from tracking.models import KeptAnswer

OTHER = "This key was sent with another request; send each with a key of its own."


@transaction.atomic
def done_once(request: ApiRequest, do: Callable[[], dict[str, Any]], said: bytes | None = None) -> dict[str, Any]:
    """Do it in one transaction, and answer what it returns, which holds numbers alone; for a key that came before in
    this account, answer what was returned then. Raises Failure 422 for the key of another request, which says something
    else: `said` is what this one says, where that is not its body.

    Of two at the same time the second waits for the first. What was refused is not kept.
    """
    key = idempotency_key(request)
    if key is None:
        return do()
    sent = f"{request.method} {request.get_full_path()}\n{key}\n".encode() + (request.body if said is None else said)
    request_hash = hashlib.sha256(sent).hexdigest()
    row = KeptAnswer(
        account=request.auth.account, key_hash=hashlib.sha256(key.encode()).hexdigest(), request_hash=request_hash
    )
    KeptAnswer.objects.bulk_create([row], ignore_conflicts=True)
    kept = KeptAnswer.objects.get(account=row.account, key_hash=row.key_hash)
    if kept.request_hash != request_hash:
        raise Failure(422, OTHER, [Refusal("Idempotency-Key", OTHER, "taken")])
    if kept.answer:
        return dict(kept.answer)
    answer = kept.answer = do()
    kept.save(update_fields=["answer"])
    return answer
