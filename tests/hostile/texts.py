"""Texts that no intent should be: each by a name, made when it is asked for, since some are big."""

from collections.abc import Callable
from typing import Final

HEAD: Final = b"apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntent\nmetadata: {name: phi-4}\nspec:\n"
PLACED: Final = HEAD + b"  placement: {instanceType: Standard_NC24ads_A100_v4}\n"
RIGHT: Final = PLACED + b"  inference: {model: phi-4}\n"
FINISHED: Final = (
    b"apiVersion: kaito.sh/v1beta1\nkind: Workspace\nmetadata: {name: a}\nresource: {instanceTyp: b}\n"
)
SET: Final = b"apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: all}\nspec:\n  workspaces:\n"
_MEBIBYTE: Final = 2**20


def _labels(value: bytes) -> bytes:
    return RIGHT.replace(b"{name: phi-4}", b"{name: phi-4, labels: {a: " + value + b"}}")


def _count(value: bytes) -> bytes:
    return HEAD + b"  placement: {count: " + value + b"}\n  inference: {model: phi-4}\n"


def _bomb(levels: int, width: int) -> bytes:
    """The classic: each level repeats the one above it `width` times."""
    lines = [b"l0: &l0 [x]"]
    lines += [
        b"l%d: &l%d [%s]" % (level, level, b", ".join([b"*l%d" % (level - 1)] * width))
        for level in range(1, levels)
    ]
    return b"\n".join(lines) + b"\n"


def _flat_bomb() -> bytes:
    """One long value, and an alias to it at every item of a long list."""
    return b"a: &a [" + b"x," * 20_000 + b"]\nb: [" + b"*a," * 20_000 + b"]\n"


def _nested_by_aliases(number: int) -> bytes:
    """Each value is nested as deep as one may be, around the one before."""
    return b"".join(
        b"    a%d: &a%d " % (one, one) + b"[" * 95 + b"*a%d" % (one - 1) + b"]" * 95 + b"\n"
        for one in range(1, number)
    )


def _steps(levels: int) -> bytes:
    """Nesting by indentation, which grows by the square."""
    return b"".join(b" " * level + b"a:\n" for level in range(levels))


def _many(line: bytes, number: int) -> bytes:
    return b"".join(line % index for index in range(number))


TEXTS: Final[dict[str, Callable[[], bytes]]] = {
    "brackets nested": lambda: b"[" * 100_000,
    "brackets nested and closed": lambda: b"[" * 100_000 + b"]" * 100_000,
    "braces nested": lambda: b"{a: " * 50_000,
    "dashes nested": lambda: b"- " * 50_000 + b"a\n",
    "indentation nested": lambda: _steps(3_000),
    "questions nested": lambda: b"? " * 50_000,
    "below a field that is passed on": lambda: (
        PLACED + b"  inference: {template: " + b"{a: " * 99 + b"}" * 99 + b"}\n"
    ),
    "alias bomb": lambda: _bomb(30, 10),
    "alias bomb in an intent": lambda: (
        RIGHT + b"  x:\n    " + _bomb(12, 9).replace(b"\n", b"\n    ").rstrip() + b"\n"
    ),
    "alias bomb of two long lists": _flat_bomb,
    "anchor around itself": lambda: b"a: &a [*a]\n",
    "anchor around a ring": lambda: b"a: &a {b: &b {c: *a}}\n",
    "aliases to one long text": lambda: RIGHT.replace(
        b"phi-4}",
        b"phi-4, annotations: {a: &a " + b"x" * 100_000 + b", " + _many(b"a%d: *a, ", 10_000) + b"}}",
        1,
    ),
    "aliases to a long key": lambda: b"a: &a {" + b"x" * 100_000 + b": 1}\nb: [" + b"*a," * 10_000 + b"]\n",
    "nested by aliases": lambda: RIGHT + b"  x:\n    a0: &a0 [x]\n" + _nested_by_aliases(45),
    "defaults with a long text": lambda: (
        SET.replace(
            b"  workspaces",
            b"  defaults: {metadata: {annotations: {a: " + b"x" * 1_000_000 + b"}}}\n  workspaces",
        )
        + _many(b"    - metadata: {name: n%d}\n", 1_000)
    ),
    "defaults with many values": lambda: (
        SET.replace(
            b"  workspaces",
            b"  defaults: {metadata: {annotations: {" + _many(b"a%d: b, ", 50_000) + b"}}}\n  workspaces",
        )
        + _many(b"    - metadata: {name: n%d}\n", 10_000)
    ),
    "alias as a key": lambda: b"a: &a b\n*a : c\n",
    "alias without an anchor": lambda: PLACED + b"  inference: *nothing\n",
    "many anchors": lambda: _many(b"k%d: &a x\n", 50_000),
    "huge scalar": lambda: PLACED + b"  inference: {model: " + b"x" * (15 * _MEBIBYTE) + b"}\n",
    "huge quoted scalar": lambda: PLACED + b'  inference: {model: "' + b"\\n" * (7 * _MEBIBYTE) + b'"}\n',
    "huge folded scalar": lambda: PLACED + b"  inference:\n    model: >\n" + b"      x\n" * 1_000_000,
    "huge key": lambda: b"x" * _MEBIBYTE + b": y\n",
    "huge comment and nothing right": lambda: b"#" * (15 * _MEBIBYTE) + b"\n- a\n",
    "huge name": lambda: RIGHT.replace(b"phi-4}", b"a" * 1_000_000 + b"}", 1),
    "huge label": lambda: _labels(b"a-" * 500_000),
    "huge version": lambda: RIGHT + b"  target: {kaito: '" + b"0." * 500_000 + b"'}\n",
    "a byte more than is read": lambda: b" " * (16 * _MEBIBYTE + 1),
    "spaces before something wrong": lambda: b" " * (15 * _MEBIBYTE) + b"a\n",
    "line ends before something wrong": lambda: b"\n" * (15 * _MEBIBYTE) + b"- a\n",
    "quote that is not closed": lambda: b'a: "' + b"x\n" * 500_000,
    "many colons": lambda: b"a: " * 500_000,
    "many quotes": lambda: b"'" * 1_000_001,
    "latin-1": lambda: b"metadata: {name: phi\xe9}\n",
    "broken UTF-8": lambda: RIGHT + b"# \xf0\x28\x8c\xbc\n",
    "overlong UTF-8": lambda: RIGHT + b"# \xc0\xaf\n",
    "surrogate in UTF-8": lambda: RIGHT + b"# \xed\xa0\x80\n",
    "UTF-16": lambda: RIGHT.decode().encode("utf-16"),
    "UTF-16 without a mark": lambda: RIGHT.decode().encode("utf-16-le"),
    "UTF-32": lambda: RIGHT.decode().encode("utf-32"),
    "NUL": lambda: RIGHT + b"\0",
    "NUL alone": lambda: b"\0" * 1000,
    "NUL by an escape": lambda: PLACED + b'  inference: {model: "a\\0b"}\n',
    "control characters": lambda: RIGHT + b"# \x07\x1b[31m\n",
    "escape sequences in a field": lambda: RIGHT + b'  "\\e[2J\\e[31mred": 1\n',
    "surrogate by an escape": lambda: PLACED + b'  inference: {model: "a\\ud800b"}\n',
    "direction marks": lambda: PLACED + '  inference: {"mod\u202eel": phi-4}\n'.encode(),
    "mark in the middle": lambda: RIGHT + "\ufeffapiVersion: v1\n".encode(),
    "mark alone and a list": "\ufeff- a\n".encode,
    "Windows line ends": lambda: (RIGHT + b"  nothing: 1\n").replace(b"\n", b"\r\n"),
    "line ends of old Macs": lambda: (RIGHT + b"  nothing: 1\n").replace(b"\n", b"\r"),
    "tabs": lambda: RIGHT.replace(b"  ", b"\t"),
    "tab behind a colon": lambda: RIGHT + b"  nothing:\t1\n",
    "duplicate keys": lambda: RIGHT + b"spec: {}\n",
    "many duplicate keys": lambda: b"a: 1\n" * 100_000,
    "tag of Python": lambda: PLACED + b"  inference: !!python/object/apply:os.system [id]\n",
    "tags everywhere": lambda: b"!!map {!!str a: !!seq [!!int '1', !x y]}\n",
    "long tag": lambda: b"a: !" + b"x" * 100_000 + b" b\n",
    "merge key": lambda: b"a: &a {b: c}\nd:\n  <<: *a\n",
    "timestamp": lambda: _count(b"2001-12-14t21:59:43.10-05:00"),
    "sexagesimal": lambda: _count(b"190:20:30"),
    "400 digits": lambda: _count(b"1" * 400),
    "million digits": lambda: _count(b"1" * 1_000_000),
    "hexadecimal of 400 digits": lambda: _count(b"0x" + b"f" * 400),
    "huge exponent": lambda: _count(b"1e999999999"),
    "tiny number": lambda: _count(b"1e-999999999"),
    "NaN": lambda: _count(b".nan"),
    "infinity": lambda: _count(b"-.inf"),
    "octal": lambda: _count(b"0o17"),
    "binary": lambda: _count(b"0b11"),
    "underscores": lambda: _count(b"1_000"),
    "yes": lambda: _labels(b"yes"),
    "key of no text": lambda: b"{[a]: b}\n",
    "key that is null": lambda: b"? \n: b\n",
    "directive of the future": lambda: b"%YAML 9.9\n---\n- a\n",
    "directive that nobody knows": lambda: b"%FOO bar\n---\n- a\n",
    "directive for tags": lambda: b"%TAG ! tag:example.com,2000:\n---\na: !b c\n",
    "many directives": lambda: _many(b"%%TAG !a%d! b\n", 40_000) + b"---\n" + RIGHT,
    "many directives that nobody knows": lambda: _many(b"%%A%d\r", 40_000) + b"---\n" + RIGHT,
    "text alone": lambda: b"hello\n",
    "a program": lambda: b"#!/bin/sh\necho hello\n",
    "an archive": lambda: bytes(range(256)) * 100,
    "JSON that is cut": lambda: b'{"apiVersion": "kaitogen.io/v1alpha1", "kind": "Wor',
    "HTML": lambda: b"<!DOCTYPE html>\n<html><body>404</body></html>\n",
    "conflict marks": lambda: b"<<<<<<< HEAD\n" + RIGHT + b"=======\n" + RIGHT + b">>>>>>> theirs\n",
    "templates of Helm": lambda: RIGHT.replace(b"phi-4", b"{{ .Values.name }}"),
    "more values than are read": lambda: b"[" + b"1," * 900_000 + b"]\n",
    "many documents of nothing right": lambda: b"---\nkind: WorkspaceIntent\n" * 20_000,
    "many documents that are lists": lambda: b"---\n- a\n" * 50_000,
    "many documents of other kinds": lambda: b"---\napiVersion: v1\nkind: Pod\n" * 40_000,
    "many documents with a key twice": lambda: b"a: {b: 1, b: 2}\n---\n" * 60_000,
    "many documents with line ends of Unicode": lambda: 'a: "\u2028"\n---\n'.encode() * 60_000,
    "many line ends of Unicode": lambda: b"- a\n" + "- '\u2028'\n".encode() * 900_000,
    "many unknown fields": lambda: HEAD + _many(b"  field%d: 1\n", 50_000),
    "many wrong labels": lambda: (
        b"kind: WorkspaceIntent\nmetadata:\n  labels:\n" + _many(b"    -a%d: 1\n", 100_000)
    ),
    "many wrong items": lambda: (
        PLACED + b"  inference: {model: phi-4, adapters: [" + b"{}," * 100_000 + b"]}\n"
    ),
    "many wrong workspaces": lambda: SET + _many(b"    - metadata: {name: w%d}\n      spec: {}\n", 20_000),
    "many workspaces with one name": lambda: b"---\n".join([RIGHT] * 2_000),
    "many comments of ours": lambda: b"# kaitogen: ignore\n" * 100_000 + b"- a\n",
}
