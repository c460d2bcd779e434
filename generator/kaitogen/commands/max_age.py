"""What time it is, and how old facts about nodes may be: asked by commands that only report, and by no render."""

from kaitogen.commands.options import OptionGroup, option
from kaitogen.errors import UsageError
from kaitogen.typed import Final

_DIGITS: Final = 5


class AgeOptions(OptionGroup):
    """How old facts about nodes may be."""

    max_age = option("--max-age", metavar="DAYS", default="14", help="Warn of facts that are older.")
    today = option(
        "--today", metavar="YYYY-MM-DD", help="The day that --max-age counts from, for a repeatable answer."
    )

    @property
    def oldest(self) -> str:
        """The time before which facts are too old, in the form that inventories write. UsageError for no number or day."""
        from datetime import UTC, date, datetime, timedelta  # only those who give facts need it

        days, today = self.max_age, self.today
        if not (days.isascii() and days.isdigit() and len(days) < _DIGITS):
            raise UsageError(f"--max-age takes a number of days, not {days[:40]}")
        try:
            day = datetime.now(UTC).date() if today is None else date.fromisoformat(today)
            return f"{day - timedelta(days=int(days))}T00:00:00Z"
        except (ValueError, OverflowError) as error:
            raise UsageError(f"--today takes a day such as 2026-11-24, not {(today or '')[:40]}") from error


def now() -> str:
    """This second, in the form that inventories write."""
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
