"""What the project file says to a command: of what the command line does not."""

import os

from kaitogen.errors import UsageError
from kaitogen.model import Request
from kaitogen.pipeline.project import bound, project_of, read
from kaitogen.typed import Literal, NamedTuple, Sequence


class Table(NamedTuple):
    """The file of a table, None where there is none, and what it must not lie outside of, None where it may lie anywhere."""

    file: str | None = None
    within: str | None = None


def applied(request: Request, found: Sequence[tuple[str, str] | None], oldest: str) -> Request:
    """The request with the one project file that was found for its paths, and with `oldest` where its facts come from there.

    UsageError where there are several, or one for some paths only.
    """
    files = [os.path.relpath(one[0]) if one else "none" for one in found]
    if len(found) != 1 or found[0] is None:
        message = f"the paths have different project files: {', '.join(sorted(files))[:160]}"
        raise UsageError(message, fix="run this once for each of them")
    project, findings = read(*found[0])
    request = request._replace(findings=(*request.findings, *findings))
    if project is None or findings:
        return request
    inventory = request.inventory or project.inventory
    return request._replace(
        project=project.document,
        inventory=inventory,
        oldest=request.oldest or (oldest if inventory else ""),
        templates=project.templates if request.templates is None else request.templates,
    )


def table(request: Request, field: Literal["prices", "budget"], given: str | None) -> Table:
    """The file of a table: the one that an option names, or else the project file."""
    name = given
    if given is None and request.project is not None:
        project = project_of(request.project)
        name = project.prices if field == "prices" else project.budget
    return Table(name, None if name is None else bound(name, request))
