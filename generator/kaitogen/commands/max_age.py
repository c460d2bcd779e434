"""What time it is, and how old facts about nodes may be: asked by commands that only report, and by no render."""

from kaitogen.commands.inputs import word
from kaitogen.commands.option_types import Values
from kaitogen.errors import UsageError
from kaitogen.model import Request

_DIGITS = 5


def now() -> str:
    """This second, in the form that inventories write."""
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def dated(request: Request, values: Values) -> Request:
    """The request of a command that reports, with the time before which its facts are too old."""
    return request._replace(oldest=oldest(values)) if request.inventory else request


def oldest(values: Values) -> str:
    """The time before which facts are too old, from --max-age and --today, in the form that inventories write."""
    from datetime import UTC, date, datetime, timedelta  # only those who give facts need it

    days = word(values["max_age"]) or ""
    if not (days.isascii() and days.isdigit() and len(days) < _DIGITS):
        raise UsageError(f"--max-age takes a number of days, not {days[:40]}")
    today = word(values["today"])
    try:
        day = datetime.now(UTC).date() if today is None else date.fromisoformat(today)
        return f"{day - timedelta(days=int(days))}T00:00:00Z"
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--today takes a day such as 2026-11-24, not {(today or '')[:40]}") from error
