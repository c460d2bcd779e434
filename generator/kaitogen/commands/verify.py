"""`kaitogen verify`: what differs from the receipt of a render, by rendering once more and looking at each digest."""

import json
import os

from kaitogen.commands import options as command_line
from kaitogen.commands import receipt, render
from kaitogen.commands.options import OptionGroup, argument, option
from kaitogen.commands.receipt import PREDICATE, TYPE
from kaitogen.commands.result import QUIET, STRICT, LimitOptions, Outcome, reported
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.wording import number_of
from kaitogen.errors import KaitogenError
from kaitogen.files import output_folder
from kaitogen.kaito.objects import value_at
from kaitogen.model import Diagnostic, Json, Rule
from kaitogen.pipeline import current
from kaitogen.pipeline.load import nearest, read_file
from kaitogen.typed import Final, Iterator, Mapping, NamedTuple

KG751 = Rule("KG751", "A receipt that kaitogen did not write", kind="invalid")
KG752 = Rule("KG752", "An input is not the one of the receipt", kind="invalid")
KG753 = Rule("KG753", "An output is not the one of the receipt", kind="invalid")
KG754 = Rule("KG754", "Another kaitogen than the one of the receipt", kind="warning")

_MADE_ANEW: Final = "render again, and let the output be reviewed as any change"


class Options(OptionGroup):
    """Of `kaitogen verify`."""

    receipt = argument("FILE", help="A receipt that kaitogen render --receipt wrote.", required=True)
    against = option(
        "--against",
        metavar="FOLDER|FILE",
        help="Hold this folder, or file with what went to standard output, against the receipt, too.",
    )
    strict = STRICT
    quiet = QUIET


class Receipt(NamedTuple):
    """What a receipt says: descriptions of inputs and outputs by their names, the options of the render, and the rest."""

    path: str
    statement: Json
    inputs: Mapping[str, Json]
    outputs: Mapping[str, Json]
    options: render.Options


def run(options: Options) -> Outcome:
    """Every input and output that differs from the receipt, each with its first line that does."""
    read = _read(options.receipt)
    most = LimitOptions(**options.given).output_bytes
    findings = [read] if isinstance(read, Diagnostic) else _differences(read, options.against, most)
    outcome = reported(Report(findings, strict=options.strict), quiet=options.quiet)
    if outcome.stderr or isinstance(read, Diagnostic) or options.quiet:
        return outcome
    counts = f"{number_of(len(read.inputs), 'input')} and {number_of(len(read.outputs), 'output')}"
    seen = "" if options.against is None else f", and so is {options.against}"
    return Outcome(stderr=f"kaitogen: {counts} are as the receipt says{seen}\n")


def _read(path: str) -> Receipt | Diagnostic:
    data = read_file(path)
    if isinstance(data, Diagnostic):
        return data
    fix = "name a file that kaitogen render --receipt wrote"
    try:
        statement = json.loads(data)
    except (ValueError, RecursionError):
        return KG751.in_file(path, "this is not JSON", fix=fix)
    if value_at(statement, ("_type",)) != TYPE or value_at(statement, ("predicateType",)) != PREDICATE:
        return KG751.in_file(path, f"this is no in-toto statement of the predicate {PREDICATE}", fix=fix)
    inputs = _by_name(value_at(statement, ("predicate", "inputs")))
    outputs = _by_name(value_at(statement, ("subject",)))
    words = value_at(statement, ("predicate", "arguments"))
    if inputs is None or outputs is None or not isinstance(words, list) or not all(map(_is_word, words)):
        return KG751.in_file(path, "inputs, subject or arguments are not what kaitogen writes there", fix=fix)
    options = command_line.parse(render.Options, list(render.Options.parameters()), words)
    if options is None:
        return KG751.in_file(
            path, "its arguments are none of kaitogen render", path=("predicate", "arguments"), fix=fix
        )
    # No receipt is made of a cluster's answers: a kubeconfig that somebody wrote into one could run any program.
    if options.cluster.live or options.cluster.kubeconfig or options.cluster.context:
        return KG751.in_file(path, "its arguments ask a cluster", path=("predicate", "arguments"), fix=fix)
    return Receipt(path, statement=statement, inputs=inputs, outputs=outputs, options=options)


def _by_name(described: Json) -> dict[str, Json] | None:
    """Descriptions by their names; None where they are not what kaitogen writes."""
    if not isinstance(described, list):
        return None
    names = [value_at(one, ("name",)) for one in described]
    texts = [*names, *(value_at(one, ("digest", "sha256")) for one in described)]
    if not all(isinstance(text, str) for text in texts) or len(set(names)) != len(names):
        return None
    return dict(zip(names, described, strict=True))


def _is_word(value: Json) -> bool:
    """Whether it is what a shell can hand over: text without NUL and halves of characters."""
    return isinstance(value, str) and "\0" not in value and value == value.encode(errors="replace").decode()


def _differences(known: Receipt, against: str | None, most: int) -> list[Diagnostic]:
    """What differs, in this order: kaitogen itself, inputs, outputs made anew, outputs that are there, the receipt."""
    other_tool = list(_other_tool(known))
    anew, failed = _anew(known)
    inputs = list(_other_inputs(known, anew))
    findings = [*other_tool, *inputs, *([] if inputs else failed)]
    if not inputs and anew is not None:
        for name, line in _unequal(known.outputs, _by_name(anew["subject"]) or {}):
            message = f"the inputs make another {name} now{_from_line(line)}"
            fix = f"use the kaitogen of the receipt, or {_MADE_ANEW}" if other_tool else _MADE_ANEW
            findings.append(KG753.in_file(known.path, message, fix=fix))
    if against is not None:
        findings += _other_outputs(known, against, most)
    if not findings and anew != known.statement:
        message = "what it says is not what kaitogen says of this render"
        findings.append(
            KG751.in_file(known.path, message, fix="write it again with kaitogen render --receipt")
        )
    return findings


def _anew(known: Receipt) -> tuple[Json, list[Diagnostic]]:
    """The statement of the same render today, None where it fails, and what keeps it from being made."""
    current.contents = {}
    in_folder = render.STREAM not in known.outputs
    try:
        outputs, report = render.outputs_of(
            render.request_of(known.options), known.options, in_folder=in_folder
        )
        if report.exit_code:
            return None, report.stopping
        return receipt.statement(known.options, outputs, image=receipt.IMAGE in known.outputs), []
    except KaitogenError as error:
        message = f"it cannot be rendered any more: {error.message}"
        return None, [KG752.in_file(known.path, message, fix=error.fix)]


def _other_tool(known: Receipt) -> Iterator[Diagnostic]:
    """Whether the receipt is of this very kaitogen: of its version, and of the tables that it ships."""
    now = receipt.tool()
    for part in ("tool", "tables"):
        before = value_at(known.statement, ("predicate", part))
        for word, value in now[part].items():
            old = value_at(before, (word,))
            if old != value:
                what = (
                    f"{word} {str(old)[:64]}, and here it is {value}" if part == "tool" else f"other {word}"
                )
                fix = "verify with the kaitogen that rendered; where only the output counts, go by the findings below"
                yield KG754.in_file(known.path, f"rendered by kaitogen with {what}", fix=fix)


def _other_inputs(known: Receipt, anew: Json) -> Iterator[Diagnostic]:
    """The inputs that are not those of the receipt."""
    now = {one["name"]: one for one in receipt.inputs(known.options)}
    # What a render reads is for its arguments to say; a name in a receipt leads no further than its repository.
    _, within = nearest(os.curdir, os.curdir) or ("", os.path.realpath(os.curdir))
    # What stopped the render may have come before it was read.
    for name in known.inputs if anew is None else ():
        data = b"" if name in now else read_file(name, within=within)
        if name not in now and not isinstance(data, Diagnostic):
            now[name] = receipt.described(name, data)
    for name, line in _unequal(known.inputs, now):
        if name not in now:
            message = "the receipt was made from it, and it is read no more"
            fix = "bring it back, or run this in the folder that was rendered from"
        elif name not in known.inputs:
            message, fix = "the receipt was made without it", "take it away, or render again"
        else:
            message, fix = f"not what the receipt was made from{_from_line(line)}", _MADE_ANEW
        yield KG752.in_file(name, message, line=line, fix=fix)


def _other_outputs(known: Receipt, against: str, most: int) -> Iterator[Diagnostic]:
    """The outputs in a folder or a file that are not those of the receipt."""
    outputs: dict[str, bytes | None] = {}
    if render.STREAM in known.outputs:
        data = read_file(against)
        if isinstance(data, Diagnostic):
            yield data
            return
        outputs[render.STREAM] = data
    else:
        outputs = output_folder.contents(against, known.outputs, most)
    now = {name: receipt.described(name, data) for name, data in outputs.items() if data is not None}
    known_here = {name: one for name, one in known.outputs.items() if name != receipt.IMAGE}
    for name, line in _unequal(known_here, now):
        path = against if name == render.STREAM else os.path.join(against, name)
        if name not in now:
            message = "the receipt has it, and it is not there"
        elif name not in known.outputs:
            message = "it is among the files that kaitogen wrote, and the receipt does not have it"
        else:
            message = f"not what was rendered{_from_line(line)}"
        yield KG753.in_file(
            path, message, line=line, fix="render again; what is generated is not edited by hand"
        )


def _unequal(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[tuple[str, int]]:
    """The names whose digests differ or that only one of both has, each with the first line that differs (0: not known)."""
    for name in sorted(before.keys() | after.keys()):
        one, other = before.get(name, {}), after.get(name, {})
        if value_at(one, ("digest", "sha256")) != value_at(other, ("digest", "sha256")):
            yield name, receipt.first_difference(one, other)


def _from_line(line: int) -> str:
    return f", from line {line} on" if line else ""
