"""Every regular expression of ours, measured: none takes more than linear time on any text."""

import ast
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.urls import URLPattern, URLResolver, get_resolver

from servers.home import PROJECT
from servers.web import limits

APPS = ("config", "servers", "common", "accounts", "program", "contracts", "tracking", "reports")
SHORT, LONG = 2_000, 16_000  # eight times as long: linear is 8 times as slow, quadratic 64
TOO_MUCH, IN_ANY_CASE = 24.0, 0.02  # times; seconds that a long text may take without being compared
LONGEST = 60.0  # seconds for all texts of a pattern; far more than any of ours takes
EXPONENTIAL = 40  # letters on which a pattern that doubles with each would take years
METHODS = {"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
HOSTILE = "a0A._-+%@/:; \t,&'\"=<>[](){}\\\n\r\x00é\u200b\ud800Tx"


class Found(NamedTuple):
    """A pattern, where it stands, and how it is applied."""

    where: str
    pattern: re.Pattern[str]
    how: tuple[str, ...]


def our_patterns() -> Iterator[Found]:
    for app in APPS:
        for path in sorted((PROJECT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from _patterns_of_module(path)
    for model in apps.get_models():
        for field in model._meta.get_fields():
            for validator in getattr(field, "validators", ()):
                if isinstance(validator, RegexValidator):
                    compiled: Any = validator.regex
                    yield Found(f"{model.__name__}.{field.name}", re.compile(compiled.pattern), ("search",))


def _patterns_of_module(path: Path) -> Iterator[Found]:
    name = ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
    tree = ast.parse(path.read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    for call in calls:  # re.sub(r"…", …), written where it is used
        function = call.func
        assert isinstance(function, ast.Attribute)
        if isinstance(function.value, ast.Name) and function.value.id == "re" and function.attr != "compile":
            literal = call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value
            if isinstance(literal, str):
                yield Found(f"{name}:{call.lineno}", re.compile(literal), (function.attr,))
    if "re.compile" not in path.read_text() or path.stem == "__main__":
        return
    module = import_module(name)
    named = {variable: list(_patterns_in(value)) for variable, value in vars(module).items()}
    used: dict[str, set[str]] = {}
    for call in calls:
        assert isinstance(call.func, ast.Attribute)
        if call.func.attr in METHODS and isinstance(call.func.value, ast.Name):
            used.setdefault(call.func.value.id, set()).add(call.func.attr)
    # One that is passed on under another name may be applied in every way in which such names are.
    elsewhere = set().union(*(how for variable, how in used.items() if not named.get(variable))) - {"split"}  # of str
    for variable, patterns in named.items():
        for pattern in patterns:
            yield Found(f"{name}.{variable}", pattern, tuple(sorted(used.get(variable) or elsewhere or METHODS)))


def _patterns_in(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _patterns_in(each)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _patterns_in(each)


def _routes(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, re.Pattern[str]]]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _routes(each, before + str(each.pattern))
        elif isinstance(each, URLPattern):
            yield before + str(each.pattern), re.compile(str(each.pattern.regex.pattern))


def literals(pattern: str) -> list[str]:
    """The words of a pattern: what a hostile text begins with, or is made of."""
    plain = re.sub(r"\(\?[a-zA-Z]+\)|\\[bBAZwWdDsS]|\(\?[:=!<]*|\[[^\]]*\]|\{[^}]*\}", " ", pattern)
    return [word for word in re.findall(r"[A-Za-z0-9/:@.,_-]+", plain.replace("\\", "")) if len(word) < 40][:6]


def hostile_texts(pattern: str, length: int) -> Iterator[str]:
    words = literals(pattern)
    letters = [*HOSTILE, *{letter for word in words for letter in word}]
    for start in ("", *words):
        for letter in letters:
            yield start + letter * length
            yield start + letter * length + "\n!"
    for one in letters[:14]:
        for other in letters[:14]:
            if one != other:
                yield (one + other) * (length // 2) + "\n@"
    for word in words:
        yield word * (length // len(word))
        yield f"{word} " * (length // (len(word) + 1))
        for other in letters:
            yield f"{word}{other}" * (length // (len(word) + 1)) + "\0"
    yield "a@" + ".a" * (length // 2) + "@"
    yield "a@a." * (length // 4) + "@@"


def test_no_address_takes_long_to_find_however_hostile() -> None:
    """Django admin brings two routes that take quadratic time; the web server cuts what any has to look at."""
    for route, pattern in _routes(get_resolver()):
        for text in hostile_texts(pattern.pattern, limits.PATH_LETTERS):
            seconds = min(processor_seconds(lambda text=text, pattern=pattern: pattern.search(text)) for _ in range(2))
            assert seconds < 0.05, (route, text[:20])


def apply(found: Found, how: str, text: str) -> None:
    if how in ("sub", "subn"):
        found.pattern.sub("", text)
    elif how == "finditer":
        list(found.pattern.finditer(text))
    else:
        getattr(found.pattern, how)(text)


class TooSlow(Exception):
    pass


@contextmanager
def no_longer_than(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def processor_seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def worst_of(found: Found, longest: float = LONGEST) -> str | None:
    """Say on which text a pattern takes more than linear time; None where it does not."""
    for how in found.how:
        try:
            with no_longer_than(longest):
                for text in hostile_texts(found.pattern.pattern, EXPONENTIAL):
                    apply(found, how, text)
                for short, long in zip(
                    hostile_texts(found.pattern.pattern, SHORT), hostile_texts(found.pattern.pattern, LONG), strict=True
                ):
                    if processor_seconds(lambda text=long, how=how: apply(found, how, text)) < IN_ANY_CASE:
                        continue
                    times = [
                        min(processor_seconds(lambda text=text, how=how: apply(found, how, text)) for _ in range(3))
                        for text in (short, long)
                    ]
                    if times[1] > IN_ANY_CASE and times[1] > TOO_MUCH * times[0]:
                        return f"{how} of {long[:20]!r}…: {times[0]:.4f} s, eight times as long {times[1]:.2f}"
        except TooSlow:
            return f"{how} takes longer than {longest:.0f} s"
    return None


def test_no_pattern_of_ours_takes_more_than_linear_time() -> None:
    found = list(our_patterns())
    assert len(found) > 40
    assert {"common.observability.logs.IN_TEXT", "servers.web.limits.TAKE_FILES"} <= {each.where for each in found}
    slow = {f"{each.where} {each.pattern.pattern}": worst_of(each) for each in found}
    assert {where: worst for where, worst in slow.items() if worst} == {}


@pytest.mark.parametrize(
    ("pattern", "how"),
    [(r"[\w.+%-]+@[\w-]+(\.[\w-]+)+", "sub"), (r"(a+)+$", "match"), (r"[^@\s]+@[^@\s]+\.[^@\s]+", "fullmatch"),
     (r"\s+,", "search"), (r"(.*)T(.*)x", "match")],
)  # fmt: skip
def test_the_measure_finds_patterns_that_do(pattern: str, how: str) -> None:
    assert worst_of(Found("here", re.compile(pattern), (how,)), longest=10)


def test_validators_of_fields_that_django_brings_are_fast_on_hostile_texts() -> None:
    validators = {
        repr(type(validator)): validator
        for model in apps.get_models()
        for field in model._meta.get_fields()
        for validator in getattr(field, "validators", ())
        if not isinstance(validator, RegexValidator)
    }
    for validator in validators.values():
        for text in ("a" * LONG, "a@" + "a." * LONG, "@" * LONG, "a@" * LONG, ("a" * 60 + ".") * 300, "0" * 5_000):

            def validate(validator: Any = validator, text: str = text) -> None:
                with suppress(ValidationError, TypeError, ValueError, AttributeError):
                    validator(text)

            assert processor_seconds(validate) < 0.5, (validator, text[:20])
