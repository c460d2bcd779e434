"""Schedules and durations as KAITO reads them: cron by robfig's standard parser, durations by Go.

Sources: github.com/robfig/cron/v3 v3.0.1 parser.go, and time.ParseDuration of Go's standard library.
"""

import re

from kaitogen.typed import Final, Mapping, NamedTuple


class _Field(NamedTuple):
    """One of the five fields of a cron line: its bounds, and words that stand for numbers."""

    name: str
    least: int
    most: int
    words: Mapping[str, int] = {}


_MONTHS: Final = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS: Final = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_FIELDS: Final = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, {word: number for number, word in enumerate(_MONTHS, 1)}),
    _Field("day of the week", 0, 6, {word: number for number, word in enumerate(_DAYS)}),
)
_DESCRIPTORS: Final = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_EVERY: Final = "@every "
#: A zone that every table of time zones has: where it is missing, nobody can tell a wrong name.
_KNOWN_ZONE: Final = "Europe/Berlin"
_DURATION: Final = re.compile(r"[-+]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+")
_NANOSECONDS: Final = {
    "ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9,
}  # fmt: skip


def duration(text: str) -> int | None:
    """The nanoseconds of a Go duration such as `1h30m`; None where it is none, or more than 64 bits hold."""
    if text in ("0", "+0", "-0"):
        return 0
    if not _DURATION.fullmatch(text):
        return None
    parts = re.findall(r"([0-9.]+)([a-zµμ]+)", text)
    total = sum((float if "." in number else int)(number) * _NANOSECONDS[unit] for number, unit in parts)
    if total >= 2**63:
        return None
    return -int(total) if text.startswith("-") else int(total)


def cron_fault(text: str) -> str:
    """What is wrong with a cron line of five fields, or `@daily` and its like; empty where nothing is."""
    if text.startswith(("TZ=", "CRON_TZ=")):
        zone, blank, text = text.partition(" ")
        if not blank or not _is_zone(zone.partition("=")[2]):
            return f"{zone[:60]} names no time zone"
        text = text.strip()
    if text.startswith("@"):
        return _descriptor_fault(text)
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return f"it has {len(fields)} fields; a cron line has {len(_FIELDS)}"
    parts = ((part, field) for text, field in zip(fields, _FIELDS, strict=True) for part in text.split(","))
    return next(filter(None, (_range_fault(part, field) for part, field in parts if part)), "")


def _descriptor_fault(text: str) -> str:
    if text.startswith(_EVERY):
        every = text.removeprefix(_EVERY)
        return "" if duration(every) is not None else f"{every[:60]} is no duration such as 1h30m"
    return "" if text in _DESCRIPTORS else f"{text[:60]} is none of {', '.join(_DESCRIPTORS)} or @every 1h"


def _range_fault(text: str, field: _Field) -> str:
    """What is wrong with one of `*`, `*/5`, `3`, `3/5`, `1-5`, `1-5/2` or the same with names."""
    span, *steps = text.split("/")
    low, *highs = span.split("-")
    if low in ("*", "?"):
        bounds: list[int | None] = [field.least, field.most]
    else:
        bounds = [_number(word, field.words) for word in (low, *highs)]
        if steps and not highs:
            bounds.append(field.most)
    numbers = [number for number in (field.least, *bounds, field.most) if number is not None]
    step = _number(steps[0], {}) if steps else 1
    fits = len(steps) < 2 and len(bounds) < 3 and len(numbers) == len(bounds) + 2
    if fits and step and numbers == sorted(numbers):
        return ""
    return f"{text[:40]} is no {field.name} from {field.least} to {field.most}"


def _number(word: str, words: Mapping[str, int]) -> int | None:
    named = words.get(word.lower())
    if named is not None:
        return named
    return int(word) if re.fullmatch(r"\+?[0-9]{1,18}|-0+", word, re.ASCII) else None


def _is_zone(name: str) -> bool:
    """Whether Go finds the zone. Without a table of zones on this machine every well-formed name is taken for one."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # few schedules name a zone

    if name in ("", "UTC", "Local"):
        return True
    for known in (name, _KNOWN_ZONE):
        try:
            ZoneInfo(known)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
        return known == name
    return ".." not in name and not name.startswith("/") and "\\" not in name
