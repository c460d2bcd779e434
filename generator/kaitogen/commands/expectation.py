"""How many objects of each of KAITO's kinds a run saw, and whether as many as were expected."""

from kaitogen.diagnostics.wording import number_of
from kaitogen.errors import UsageError
from kaitogen.kaito.objects import is_of_kaito
from kaitogen.kaito.versions import KINDS
from kaitogen.model import Json, Result
from kaitogen.typed import Final, Iterable, Mapping

#: What a number alone means.
WORKSPACE: Final = "Workspace"


def kinds_of(objects: Iterable[Json]) -> dict[str, int]:
    """How many objects of each kind of KAITO's group there are."""
    number: dict[str, int] = {}
    for data in objects:
        if is_of_kaito(data):
            number[data["kind"]] = number.get(data["kind"], 0) + 1
    return number


def seen(result: Result) -> dict[str, int]:
    """The same of a run: what was made of intents, and what was finished."""
    return kinds_of(data for _, data in (*result.manifests, *result.objects))


def expected(words: str | None) -> dict[str, int] | None:
    """The value of --expect, such as `3` or `Workspace=3,InferenceSet=1`; UsageError where it is neither."""
    if words is None:
        return None
    numbers: dict[str, int] = {}
    for word in words.split(","):
        kind, _, number = word.rpartition("=") if "=" in word else (WORKSPACE, "", word)
        if kind not in KINDS:
            from kaitogen.diagnostics.suggest import nearest  # only a wrong kind needs it

            near = nearest(kind, KINDS)
            fix = f"write {near}" if near else f"KAITO's kinds are {', '.join(KINDS)}"
            raise UsageError(f"--expect names a kind that KAITO does not have: {kind[:40]}", fix=fix)
        if not (number.isascii() and number.isdigit() and len(number) < 10):  # more than there ever are
            raise UsageError(f"--expect takes a number of {number_of(2, kind)[2:]}, not {number[:40]}")
        if kind in numbers:
            raise UsageError(f"--expect names {kind} twice", fix="leave one of the two out")
        numbers[kind] = int(number)
    return numbers


def unmet(numbers: Mapping[str, int], found: Mapping[str, int]) -> str:
    """What was expected and is not so, as `2 Workspaces expected, 1 seen`; empty where all is. Other kinds do not count."""
    return "; ".join(
        f"{number_of(number, kind)} expected, {found.get(kind, 0)} seen"
        for kind, number in numbers.items()
        if number != found.get(kind, 0)
    )
