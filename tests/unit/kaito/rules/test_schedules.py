"""Schedules and durations as KAITO reads them."""

import zoneinfo

import pytest

from kaitogen.kaito.rules.schedules import cron_fault, duration

HOUR = 3600 * 10**9


@pytest.mark.parametrize(
    "line",
    [
        "* * * * *", "? * * * *", "0 2 * * 6", " 0  2 * * 6 ", "59 23 31 12 6", "*/5 * * * *", "3/15 * * * *",
        "1-5 * * * *", "1-5/2 * * * *", "1,2,30-40 * * * *", "0 0 * jan SUN", "0 0 * 1-dec mon-FRI", "+5 * * * *",
        ", * * * *", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly", "@every 1h30m",
        "@every -1h", "TZ=UTC 0 2 * * *", "CRON_TZ=Local @daily",
    ],
)  # fmt: skip
def test_lines_that_kaito_reads(line: str) -> None:
    assert cron_fault(line) == ""


@pytest.mark.parametrize(
    "line",
    [
        "", "x", "0 0 * *", "0 0 0 * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 0 *",
        "* * * 13 *", "* * * * 7", "5-1 * * * *", "1-2-3 * * * *", "*/0 * * * *", "*/x * * * *", "1/2/3 * * * *",
        "-1 * * * *", "60/5 * * * *", "1-60/5 * * * *", "@reboot", "@every x", "@every", "TZ=UTC", "TZ=No/Where 0 2 * * *",
    ],
)  # fmt: skip
def test_lines_that_kaito_refuses(line: str) -> None:
    assert cron_fault(line) != ""


def test_a_step_without_an_end_goes_to_the_end_of_the_field() -> None:
    assert cron_fault("59/60 * * * *") == ""
    assert cron_fault("2-1/5 * * * *") != ""


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("4h", 4 * HOUR), ("1h30m", HOUR * 3 // 2), ("1.5h", HOUR * 3 // 2), (".5h", HOUR // 2), ("90m", HOUR * 3 // 2),
        ("1ms", 10**6), ("1us", 1000), ("1µs", 1000), ("1ns", 1), ("-1h", -HOUR), ("+1h", HOUR), ("0", 0), ("-0", 0),
        ("2562047h", 2562047 * HOUR), ("2562048h", None), ("", None), ("4", None), ("4d", None), ("4 h", None),
        ("1e3s", None), ("h", None), (".h", None),
        (f"{2**63 - 1}ns", 2**63 - 1), (f"{2**63}ns", None),
    ],
)  # fmt: skip
def test_durations(text: str, nanoseconds: int | None) -> None:
    assert duration(text) == nanoseconds


@pytest.mark.parametrize(
    ("zone", "taken"),
    [("Europe/Berlin", True), ("No/Where", True), ("../etc", False), ("/etc/zone", False), ("a\\b", False)],
)
def test_without_a_table_of_zones_every_name_that_can_be_one_is_taken(
    zone: str, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(name: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", nowhere)
    assert (cron_fault(f"TZ={zone} @daily") == "") is taken
