"""What time it is, and how old facts about nodes may be: asked by commands that only report, and by no render."""

from typing import Final

from kaitogen.commands.options import OptionGroup, option
from kaitogen.errors import UsageError
from kaitogen.model import Request

_DIGITS: Final = 5


class AgeOptions(OptionGroup):
    """How old facts about nodes may be."""

    max_age = option("--max-age", metavar="DAYS", default="14", help="Warn of facts that are older.")
    today = option(
        "--today",
        metavar="YYYY-MM-DD",
        help="The day that --max-age counts from, for a repeatable answer.",
    )


def now() -> str:
    """This second, in the form that inventories write."""
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def dated(request: Request, options: AgeOptions) -> Request:
    """The request of a command that reports, with the time before which its facts are too old."""
    return request._replace(oldest=oldest(options)) if request.inventory else request


def oldest(options: AgeOptions) -> str:
    """The time before which facts are too old, from --max-age and --today, in the form that inventories write."""
    from datetime import UTC, date, datetime, timedelta  # only those who give facts need it

    days, today = options.max_age, options.today
    if not (days.isascii() and days.isdigit() and len(days) < _DIGITS):
        raise UsageError(f"--max-age takes a number of days, not {days[:40]}")
    try:
        day = datetime.now(UTC).date() if today is None else date.fromisoformat(today)
        return f"{day - timedelta(days=int(days))}T00:00:00Z"
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--today takes a day such as 2026-11-24, not {(today or '')[:40]}") from error
