"""What is fuzzed: each target takes the bytes of one input through a command, and fails where that breaks a promise."""

from collections.abc import Callable, Mapping
from typing import Final

from tests.fuzz.commands import Done, held
from tests.fuzz.driven import FILE, judged
from tests.hostile.texts import RIGHT

#: Between the two files of an input that is two.
CUT: Final = b"\n%%%%\n"


def intents(data: bytes) -> None:
    """A file of intents: every report, a plan, and what comes out reads back as it was meant."""
    judged(data)
    _no_output_where_it_fails(held(["render", FILE], {FILE: data}))


def finished(data: bytes) -> None:
    """A file of finished manifests."""
    judged(data, finished=True)
    held(["validate", "workspace.yaml", "--format", "json"], {"workspace.yaml": data})


def migrate(data: bytes) -> None:
    """Migrating in place; where that went well, there is nothing left to migrate."""
    command = ["migrate", "--to", "0.12", "a.yaml"]
    done = held([*command, "--write"], {"a.yaml": data})
    if done.code == 0:
        again = held([*command, "--check"], done.files)
        assert again.code == 0, again.said


def fmt(data: bytes) -> None:
    """Laying out: what is laid out stays as it is, and means what it meant."""
    done = held(["fmt", FILE], {FILE: data})
    if done.code == 0:
        assert held(["fmt", "--check", FILE], done.files).code == 0
        before, after = (held(["render", "-q", FILE], files) for files in ({FILE: data}, done.files))
        assert (before.code, before.output) == (after.code, after.output)


def import_(data: bytes) -> None:
    """Importing into a folder; what was imported, where anything was, renders."""
    done = held(["import", "-o", "out", "a.yaml"], {"a.yaml": data})
    if done.code == 0:
        made = {name: content for name, content in done.files.items() if name != "a.yaml"}
        assert not made or held(["render", "out"], made).code == 0
    as_set = held(["import", "--set", "a.yaml"], {"a.yaml": data})
    _no_output_where_it_fails(as_set)


def diff(data: bytes) -> None:
    """Two files against each other; one against itself has no difference."""
    one, _, other = data.partition(CUT)
    files = {"a.yaml": one, "b.yaml": other}
    for form in ("text", "markdown", "json"):
        held(["diff", "a.yaml", "--against", "b.yaml", "--format", form], files)
    same = held(["diff", "b.yaml", "--against", "b.yaml"], files)
    assert same.code != 1 or "error" in same.said, same


def status(data: bytes) -> None:
    """What kubectl printed of a cluster, alone and against an intent; what is none leaves nothing to tell."""
    files = {"cluster.yaml": data, FILE: RIGHT}
    for words in (["--format", "json"], [FILE]):
        done = held(["status", "cluster.yaml", *words], files, codes=(0, 1, 2, 3, 5))
        assert done.output or done.code in (1, 2, 3)


def krm(data: bytes) -> None:
    """A ResourceList on standard input; where it fails, what went in comes out, or nothing."""
    done = held(["krm"], {}, stdin=data)
    assert done.code or done.output


def argocd(data: bytes) -> None:
    """The parameters of an Application, as Argo CD puts them into the environment; what starts with ! is an entry of env."""
    text = data.decode("utf-8", "replace").replace("\0", "")
    files = {"a.intent.yaml": RIGHT, "environments/e.yaml": _ENVIRONMENT, "other/b.intent.yaml": RIGHT}
    entries = {"ARGOCD_APP_PARAMETERS": text}
    if text.startswith("!"):
        name, _, value = text[1:].partition("=")
        entries = {"ARGOCD_ENV_KAITOGEN_" + name.replace("\n", ""): value, "ARGOCD_APP_PARAMETERS": "[]"}
    _no_output_where_it_fails(held(["argocd", "generate"], files, environment=entries))
    held(["argocd", "parameters"], files, environment=entries)


def templates(data: bytes) -> None:
    """A user's template."""
    files = {"templates/documents/a.yaml.j2": data, FILE: RIGHT}
    done = held(["render", "--templates", "templates", "-o", "out", FILE], files)
    if done.code == 0:
        names = [name.removeprefix("out/") for name in done.files if name.startswith("out/")]
        assert all("/" not in name and (name[0] != "-") for name in names)
        assert len({name.casefold() for name in names}) == len(names)


_ENVIRONMENT: Final = (
    b"apiVersion: kaitogen.io/v1alpha1\nkind: Environment\nspec:\n  target: {kaito: '0.11'}\n"
)


def project(data: bytes) -> None:
    """A project file and an environment."""
    one, _, other = data.partition(CUT)
    files = {".kaitogen.yaml": one, "environments/e.yaml": other, FILE: RIGHT}
    _no_output_where_it_fails(held(["render", FILE, "--environment", "e"], files))


def tables(data: bytes) -> None:
    """Prices, a budget and an inventory, each of the same bytes."""
    files = {"table.yaml": data, FILE: RIGHT}
    for option in ("--price", "--budget", "--inventory"):
        held(["plan", FILE, option, "table.yaml"], files)


def receipt(data: bytes) -> None:
    """A receipt that somebody else may have written."""
    held(["verify", "receipt.json"], {"receipt.json": data, FILE: RIGHT})


def _no_output_where_it_fails(done: Done) -> None:
    assert done.code == 0 or done.output == b""


#: By the name of a target what it does, and which files of the explanations' examples it starts from, by how their names end.
TARGETS: Final[Mapping[str, tuple[Callable[[bytes], None], tuple[str, ...]]]] = {
    "intents": (intents, (".intent.yaml", "set.yaml")),
    "finished": (finished, ("workspace.yaml", "engine.yaml", "roles.yaml", "mirror.yaml", "before.yaml")),
    "migrate": (migrate, (".intent.yaml", "set.yaml", "workspace.yaml")),
    "fmt": (fmt, (".intent.yaml", "set.yaml")),
    "import": (import_, ("workspace.yaml", "before.yaml")),
    "diff": (diff, (".intent.yaml", "workspace.yaml", "before.yaml")),
    "status": (status, ("cluster.yaml", "workspace.yaml")),
    "krm": (krm, ("list.yaml",)),
    "argocd": (argocd, ()),
    "templates": (templates, (".yaml.j2",)),
    "project": (project, (".kaitogen.yaml", "production.yaml", "prod.yaml")),
    "tables": (tables, ("nodes.yaml", "prices.yaml", "budget.yaml")),
    "receipt": (receipt, ("receipt.json",)),
}
