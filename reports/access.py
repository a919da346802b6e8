"""Access to exports: users have their own, of programs that they can see."""

from django.shortcuts import get_object_or_404

from program.access import program_for_view
from program.principal import Principal
from reports.models import Export


def export_for_view(principal: Principal, program_id: int, pk: int) -> Export:
    """An export of the reader's own. A viewer may have files, too: they hold what pages show and change nothing."""
    program = program_for_view(principal, program_id)
    return get_object_or_404(Export, program=program, user=principal.user_id, pk=pk)
