"""One table from its file: a single document that fits its schema, or findings at its lines."""

from collections.abc import Iterable

from kaitogen import schema
from kaitogen.diagnostics.placing import place
from kaitogen.model import Diagnostic, Document, Origin, Rule
from kaitogen.pipeline.load import load_file

KG164 = Rule("KG164", "A table is one document", kind="invalid")


def read(path: str, kind: str) -> tuple[Document | None, list[Diagnostic]]:
    """The document of a file that must fit the schema of that name; None where it does not."""
    loaded = load_file(path)
    if loaded.findings:
        return None, loaded.findings
    if len(loaded.documents) != 1:
        message = f"{len(loaded.documents) or 'no'} documents where one is expected"
        return None, [KG164.in_file(path, message, fix=f"kaitogen schema {kind} prints its schema")]
    document = loaded.documents[0]
    if document.flaws:
        return None, list(document.flaws)
    problems = schema.problems(kind, document.value)
    return (None if problems else document), at(document, problems)


def at(document: Document, problems: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The problems at the document's own lines."""
    return place(problem.of(Origin(document)) for problem in problems)
