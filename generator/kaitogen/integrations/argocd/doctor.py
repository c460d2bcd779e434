"""`kaitogen argocd doctor`: from inside the sidecar, whether everything is where Argo CD looks for it."""

import os
import shutil

from kaitogen import __version__
from kaitogen.commands.options import OptionGroup, option, parse
from kaitogen.commands.result import CommonOptions, Outcome
from kaitogen.errors import KaitogenError
from kaitogen.integrations import checks
from kaitogen.integrations.argocd import generate as generating
from kaitogen.integrations.argocd.announce import static
from kaitogen.integrations.checks import Check
from kaitogen.kaito.objects import part
from kaitogen.model import Json, Request
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import documents_of, load_file
from kaitogen.typed import Final, Iterator, Mapping, TypeAlias

_CONFIG_FOLDER: Final = "/home/argocd/cmp-server/config"
_SERVER_USER: Final = 999
_SAMPLE: Final = b"""\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: doctor}
spec:
  placement: {instanceType: Standard_NC24ads_A100_v4}
  inference: {model: phi-4-mini-instruct}
"""


#: Every key that Argo CD reads; it drops others without a word.
_KEYS: Final[dict[str, Json]] = {
    "apiVersion": None,
    "kind": None,
    "metadata": {"name": None},
    "spec": {
        "version": None,
        "init": {"command": None, "args": None},
        "generate": {"command": None, "args": None},
        "discover": {"fileName": None, "find": {"glob": None, "command": None, "args": None}},
        "parameters": {"static": None, "dynamic": {"command": None, "args": None}},
        "preserveFileMode": None,
        "provideGitCreds": None,
    },
}


class Options(OptionGroup):
    """Of `kaitogen argocd doctor`."""

    config = option(
        "--config-dir-path", metavar="FOLDER", default=_CONFIG_FOLDER, help="Folder of plugin.yaml."
    )


def run(options: Options) -> Outcome:
    """One line for each check, `ok` or `wrong` with the fix; exit code 1 where one is wrong."""
    found = [Check(what, "" if ok else fix) for ok, what, fix in _checks(options.config or _CONFIG_FOLDER)]

    def summary(wrong: int) -> str:
        return (
            f"kaitogen {__version__}: {f'{wrong} of {len(found)} checks failed' if wrong else 'all is well'}"
        )

    return checks.outcome(found, "wrong", summary)


#: Whether something is as it should be, what that is, and what to do where it is not.
_Looked: TypeAlias = tuple[bool, str, str]


def _checks(config: str) -> Iterator[_Looked]:
    yield from _plugin(os.path.join(config, "plugin.yaml"))
    sockets = os.environ.get("ARGOCD_PLUGINSOCKFILEPATH") or "/home/argocd/cmp-server/plugins"
    fix = f"mount the volume `plugins` there, writable for user {_SERVER_USER}"
    yield _written("folder of sockets", sockets, fix)
    work = os.environ.get("ARGOCD_CMP_WORKDIR") or os.environ.get("TMPDIR") or "/tmp"  # noqa: S108 - as Go's os.TempDir
    fix = "mount an emptyDir of the sidecar's own there, not the repo server's"
    yield _written("work folder", work, fix)
    user = os.getuid()
    fix = f"set runAsUser: {_SERVER_USER} and runAsNonRoot: true"
    yield user != 0, f"the sidecar runs as user {user}, which is {'not ' if user else ''}root", fix
    yield _sample()


def _written(called: str, folder: str, fix: str) -> _Looked:
    can = os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK)
    return can, f"the {called} {folder} {'can' if can else 'cannot'} be written", fix


def _plugin(path: str) -> Iterator[_Looked]:
    loaded = load_file(path)
    documents = [document.value for document in loaded.documents]
    if loaded.findings:
        reason = loaded.findings[0].message.removeprefix("cannot be read: ")
        fix = "mount the ConfigMap's plugin.yaml there; `kaitogen argocd install --print` shows how"
        yield False, f"{path} cannot be read: {reason}", fix
        return
    if len(documents) != 1 or not isinstance(documents[0], dict):
        yield False, f"{path} is not one document", "put plugin.yaml there, and nothing else"
        return
    plugin = documents[0]
    spec = part(plugin, "spec")
    named = plugin.get("kind") == "ConfigManagementPlugin" and bool(part(plugin, "metadata").get("name"))
    fix = "kind has to be ConfigManagementPlugin, and metadata.name must be there"
    yield named, f"{path} is a plugin with a name", fix
    fix = "remove spec.version: with it Applications have to write NAME-VERSION"
    yield "version" not in spec, "Applications name the plugin by its name alone", fix
    unknown = _unknown_keys(plugin, _KEYS)
    fix = f"Argo CD does not read {', '.join(unknown)[:200]}: remove or correct"
    yield not unknown, "every key of plugin.yaml is one that Argo CD reads", fix
    yield from _command(part(spec, "generate"))
    parameters = part(spec, "parameters")
    announced = "dynamic" in parameters or parameters.get("static") == static()
    fix = "write plugin.yaml anew with `kaitogen argocd install` of the image's version, and roll out"
    yield announced, f"plugin.yaml announces the parameters of kaitogen {__version__}", fix


def _unknown_keys(value: Json, known: Json, path: str = "") -> list[str]:
    if not isinstance(value, dict) or known is None:
        return []
    unknown: list[str] = []
    for key, below in value.items():
        unknown += _unknown_keys(below, known[key], f"{path}{key}.") if key in known else [f"{path}{key}"]
    return unknown


def _command(generator: Mapping[str, Json]) -> Iterator[_Looked]:
    command, arguments = _texts(generator.get("command")), _texts(generator.get("args"))
    program, rest = command[0] if command else "", [*command[1:], *arguments]
    fix = "put kaitogen on the PATH of the image, or write its full path into generate.command"
    found = bool(program) and shutil.which(program) is not None
    yield found, f"generate runs {program or 'nothing'}, and that is on the PATH", fix
    if os.path.basename(program) == "kaitogen":
        # Argo CD would find out about wrong ones at the first sync, and show it at every application.
        taken = parse(generating.Options, CommonOptions.added_to(generating.Options), rest[2:])
        right = rest[:2] == ["argocd", "generate"] and taken is not None
        fix = "write args: [argocd, generate]; `kaitogen argocd generate --help` lists the options"
        if any(word.partition("=")[0] == "--templates" for word in rest):
            from kaitogen.pipeline.templating import fence  # most plugins have no templates of others

            there = fence.available()
            fix_kernel = "use nodes with Linux 5.13 or newer on x86-64 or arm64, or leave --templates out"
            yield (
                len(there) == 2,
                f"the kernel fences templates in: {', '.join(there) or 'nothing'}",
                fix_kernel,
            )
        yield right, f"generate's arguments are right: {' '.join(rest)[:100] or 'none'}", fix


def _texts(value: Json) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _sample() -> _Looked:
    fix = "reinstall kaitogen: its own files are damaged"
    try:
        result = generate(Request(documents=tuple(documents_of("sample", _SAMPLE).documents)))
        ok = result.ok and len(result.manifests) == 1
    except KaitogenError as error:
        ok, fix = False, error.fix or error.message
    return ok, "a sample renders", fix
