"""Names that rules compare, which are therefore unique in the form in which they are compared (payouts.md §4)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from common.formats.comparison import compared


class ComparedField(models.CharField):  # type: ignore[type-arg]
    """The text of another field in the form in which it is compared; written whenever the row is."""

    def __init__(self, *, source: str, **options: Any) -> None:
        super().__init__(**{"max_length": 255, "editable": False, **options})
        self.source = source

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = compared(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "source": self.source}


class NamedForRules(models.Model):
    """Something of a program that rules ask for by its name."""

    name = models.CharField(max_length=80)
    name_key = ComparedField(source="name", help_text="The name as it is compared.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a name that another one of the program has in the form in which names are compared."""
        model: Any = type(self)
        others = model.objects.filter(program=getattr(self, "program_id", None)).exclude(pk=self.pk)
        if other := others.filter(name_key=compared(self.name)).first():
            raise ValidationError({"name": f"“{other}” already exists; choose another name."})
