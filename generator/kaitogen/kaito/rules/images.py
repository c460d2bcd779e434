"""Which text is an image reference, by the grammar that container registries share."""

import re

from kaitogen.kaito.objects import text
from kaitogen.kaito.rules.context import cut
from kaitogen.model import Diagnostic, Json, Path, Rule
from kaitogen.typed import Final, Iterator, Mapping

#: Characters of a whole reference, and of the name in it.
_LONGEST, _LONGEST_NAME = 1024, 255
_HOST_PART: Final = r"(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])"
_HOST: Final = rf"(?:{_HOST_PART}(?:\.{_HOST_PART})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_PATH_PART: Final = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REFERENCE: Final = re.compile(
    rf"(?P<name>(?:{_HOST}/)?{_PATH_PART}(?:/{_PATH_PART})*)"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
    r"(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?"
)
_BARE_ID: Final = re.compile(r"[a-f0-9]{64}")


def is_image(reference: str) -> bool:
    """Whether a registry client can parse it; the name may be short, upper case is for the host alone."""
    if len(reference) > _LONGEST or _BARE_ID.fullmatch(reference):
        return False
    match = _REFERENCE.fullmatch(reference)
    return match is not None and len(match["name"]) <= _LONGEST_NAME


def judge(rule: Rule, source: Mapping[str, Json], path: Path, later: str = "") -> Iterator[Diagnostic]:
    """The rule where the source at a path has an `image` that is none; `later` is what the message ends in."""
    image = text(source, "image")
    if image and not is_image(image):
        message, fix = f"{cut(image)} is no image reference{later}", why_not(image)
        yield rule.at((*path, "image"), message, fix=fix, found=cut(image), expected="an image reference")


def why_not(reference: str) -> str:
    """What to do about a reference that is none."""
    repository = reference.partition("/")[2].partition("@")[0].rpartition(":")[0]
    if repository != repository.lower():
        return "write the repository in lower case"
    return "write registry/repository:tag"
