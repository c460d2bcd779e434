"""`kaitogen fmt`: intent files in canonical order and style, in place.

What they say stays, to the byte that comes of it, and so do their comments.
"""

from kaitogen.commands import in_place, inputs
from kaitogen.commands.options import Group, OptionGroup
from kaitogen.commands.result import QUIET, Outcome, reported
from kaitogen.diagnostics.formats import Report
from kaitogen.kaito.objects import alike
from kaitogen.model import Diagnostic, Document, Rule
from kaitogen.pipeline.classify import is_an_intent
from kaitogen.pipeline.load import documents_of
from kaitogen.schema.key_order import put_in_order
from kaitogen.typed import Final, Iterator
from kaitogen.yaml.comments import comments_of
from kaitogen.yaml.layout import laid_out
from kaitogen.yaml.lines import is_regular
from kaitogen.yaml.reader import Unreadable, read, text_of
from kaitogen.yaml.tree import Scalars, Tree, trees

KG179 = Rule("KG179", "A file that cannot be laid out anew", kind="invalid")

#: Laying out takes its time: this much takes seconds.
MAX_BYTES: Final = 256 * 1024
_START: Final = "---"


class Options(OptionGroup):
    """Of `kaitogen fmt`."""

    paths = inputs.PATHS
    in_place = Group(in_place.InPlaceOptions)
    quiet = QUIET


def run(options: Options) -> Outcome:
    """Lay out what the paths hold; where a file cannot be, none is written."""
    write = options.in_place.writes(unasked=True)
    changes, findings = in_place.read(inputs.request(options.paths), formatted)
    if findings:
        return reported(Report(findings), quiet=options.quiet, wrote=True)
    done = in_place.delivered(changes, "kaitogen fmt", check=options.in_place.compared.check, write=write)
    # Of a filter only its output is asked for.
    return done._replace(stderr="") if write and done.stdout else done


def formatted(name: str, data: bytes) -> tuple[str, list[Diagnostic]]:
    """The text of one file as it should be, or the findings that keep it from being laid out.

    The text is parsed into its documents and into trees with every place; what is changed once more, as a proof.
    """
    if len(data) > MAX_BYTES:
        message = f"larger than {MAX_BYTES // 1024} KiB, which is too much to be laid out anew"
        return "", [KG179.in_file(name, message, fix="split the file")]
    loaded = documents_of(name, data)
    findings = loaded.findings + [flaw for document in loaded.documents for flaw in document.flaws]
    if findings:
        return "", findings
    text = text_of(data).replace("\r\n", "\n")
    if not is_regular(text):
        return "", [_refused(name, "it has a line separator that not every reader takes for one")]
    made = "".join(_pieces(text, loaded.documents))
    if made == text:
        return made, []
    try:
        written = [raw.value for raw in read(made)]
    except Unreadable as stop:
        return "", [_refused(name, stop.flaw.message)]
    if not alike(written, [document.value for document in loaded.documents]):
        return "", [_refused(name, "its layout cannot be changed without changing what it says")]
    return made, []


def _refused(name: str, reason: str) -> Diagnostic:
    message = f"this file is left as it is: {reason}"
    return KG179.in_file(name, message, fix="write the value in double quotes, with escapes")


def _pieces(text: str, documents: list[Document]) -> Iterator[str]:
    """The text document by document; only intents are laid out anew."""
    by_line = {document.line: document for document in documents}
    found, scalars = trees(text)
    starts = [*(tree.start for tree in found), len(text)]
    yield text[: starts[0]]
    for tree, end in zip(found, starts[1:], strict=True):
        piece = text[tree.start : end]
        document = by_line.get(tree.line)
        if document is None or not is_an_intent(document.value) or piece.startswith("%"):
            yield piece if piece.endswith("\n") or not piece else piece + "\n"
        else:
            put_in_order(document.value)
            yield from _laid_out(document, tree, scalars, text, end)


def _laid_out(document: Document, tree: Tree, scalars: Scalars, text: str, end: int) -> Iterator[str]:
    lines = text[tree.start : end].split("\n")
    line, start = tree.line, tree.start
    head = lines[0]
    if head.startswith(_START):
        beside = head[len(_START) :].strip()
        if beside and not beside.startswith("#"):
            yield f"{_START}\n"
        else:
            yield f"{_START} {beside}".rstrip() + "\n"
            lines, line, start = lines[1:], line + 1, start + len(head) + 1
    comments = comments_of(tree.root, lines, scalars, line, start)
    yield laid_out(document.value, comments, tree.root, text)
