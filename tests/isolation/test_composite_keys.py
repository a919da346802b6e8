"""Two brands side by side: what the database refuses without access functions."""

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.urls import reverse

from common.db.constraints import SameProgram
from program.models import Partner, PartnerGroup, Program
from tests.isolation.brands import prints_of
from tests.test_architecture import PK
from tests.whole_brand import APPS


def keys() -> list[tuple[type[models.Model], SameProgram]]:
    """Every composite key, with its model."""
    return [
        (model, constraint)
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, SameProgram)
    ]


def drop_unique_keys() -> None:
    """Drop, until the test is rolled back, constraints that would refuse a second row before the composite keys are
    checked.
    """
    with connection.cursor() as cursor:
        for app in APPS:
            for model in apps.get_app_config(app).get_models():
                table = model._meta.db_table
                cursor.execute(
                    "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND (contype IN ('u', 'x', 'c') "
                    "OR contype = 'p' AND cardinality(conkey) > 1) AND conname NOT LIKE '%%_program_and_id'",
                    [table],
                )
                for (name,) in cursor.fetchall():
                    cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
                cursor.execute(
                    "SELECT indexrelid::regclass::text FROM pg_index i LEFT JOIN pg_constraint c "
                    "ON c.conindid = i.indexrelid WHERE indrelid = %s::regclass AND indisunique AND c.oid IS NULL",
                    [table],
                )
                for (name,) in cursor.fetchall():
                    cursor.execute(f"DROP INDEX {name}")


@pytest.mark.django_db
def test_every_reference_between_rows_of_a_program_has_its_key():
    guarded = {(model, constraint.field) for model, constraint in keys()}
    missing = [
        f"{model._meta.label}.{field.name}"
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey)
        and "program" in {each.name for each in model._meta.fields}
        and field.related_model is not Program
        and "program" in {each.name for each in field.related_model._meta.fields}
        and (model, field.name) not in guarded
    ]
    assert missing == []


def test_the_database_refuses_a_row_that_points_into_another_program(both, brand):
    """Every composite key in turn, in SQL, where no code of ours stands in between."""
    let_through, tried = [], 0
    connection.check_constraints()
    drop_unique_keys()
    for model, key in keys():
        target = apps.get_model(key.to)._meta.db_table
        column = model._meta.get_field(key.field).column
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            # Triggers that keep history as it was would refuse first; the keys alone are asked here.
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")
            cursor.execute(f"SELECT id FROM {target} WHERE program_id = 2000 LIMIT 1")
            theirs = cursor.fetchone()
            cursor.execute(f"SELECT ctid FROM {model._meta.db_table} WHERE program_id = 1000 AND {column} IS NOT NULL")
            ours = cursor.fetchone()
        if theirs is None or ours is None:
            continue
        tried += 1
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE {model._meta.db_table} SET {column} = %s WHERE ctid = %s", [theirs[0], ours[0]])
        except IntegrityError as refusal:
            if key.name not in str(refusal):
                let_through.append((key.name, str(refusal)))
        else:
            let_through.append((key.name, "let through"))
    assert let_through == []
    assert tried >= 15


def test_without_the_gate_a_page_cannot_tie_two_brands_together(both, brand, rival, charlie, client_of, monkeypatch):
    """The access check taken out: charlie's page takes the brand's group for his own, and adds his partner to it."""
    from program.partners import group_pages as partner_groups  # noqa: PLC0415

    def any_group(principal: Any, program_id: int, pk: int) -> PartnerGroup:
        group = PartnerGroup.objects.get(pk=pk)
        group.program = rival
        return group

    monkeypatch.setattr(partner_groups, "partner_group_for_edit", any_group)
    partner, before = Partner.objects.get(program=rival), prints_of(brand)
    address = reverse("program:partner_group_add", args=[2000, PK])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="partner_group_member_group_same_program"), transaction.atomic():
        client_of(charlie).post(address, {"partner_ids": partner.media_partner_id})
    assert prints_of(brand) == before
