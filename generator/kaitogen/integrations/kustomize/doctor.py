"""`kaitogen kustomize doctor`: what keeps kustomize from running kaitogen, each with the command or line that helps."""

import os
import shutil
import subprocess
import sys
from shlex import quote

from kaitogen import __version__
from kaitogen.commands.options import OptionGroup, argument
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics.wording import number_of
from kaitogen.files.output_folder import KUSTOMIZATIONS
from kaitogen.integrations import checks
from kaitogen.integrations.checks import Check
from kaitogen.integrations.krm.configuration import TRANSFORMER, VALIDATOR
from kaitogen.integrations.kustomize import discovery, plugin
from kaitogen.integrations.kustomize.discovery import Site, Tree
from kaitogen.kaito.objects import value_at
from kaitogen.typed import Final, Iterator

#: Where each kind belongs; all others are generators.
_FIELD_OF: Final = {TRANSFORMER: "transformers", VALIDATOR: "validators"}
_EXEC_FLAGS: Final = "--enable-alpha-plugins --enable-exec"
_INSTALL: Final = "run: kaitogen kustomize install"
_ANNOTATE: Final = f'add the annotation {discovery.FUNCTION}: "exec: {{path: kaitogen-krm}}"'


class Options(OptionGroup):
    """Of `kaitogen kustomize doctor`."""

    folder = argument("FOLDER", help="A folder with a kustomization.yaml; the current one if left out.")


def run(options: Options) -> Outcome:
    """What is right and what is wrong with running kaitogen from the kustomization in a folder."""
    folder = "." if options.folder is None else options.folder
    found = list(_checks(folder))
    return checks.outcome(
        found, "problem", lambda wrong: number_of(wrong, "problem") if wrong else "no problems"
    )


def _checks(folder: str) -> Iterator[Check]:
    """Everything that was looked at, in the order in which to repair it."""
    tree = discovery.look(folder)
    if not tree.kustomizations:
        names = ", ".join(KUSTOMIZATIONS)
        yield Check(f"{folder} has no kustomization ({names})", "name the folder you build")
        return
    unread = [Check(*fault) for fault in discovery.unread(tree)]
    yield from unread
    for site in tree.sites:
        yield from _placed(site)
        yield from _front_door(site)
    if tree.sites or tree.intents or not unread:
        yield from _skipped(tree, folder)
    yield from _references(tree)
    if tree.sites:
        yield from _tools(tree, folder)


def _placed(site: Site) -> Iterator[Check]:
    """Whether the configuration stands where its kind does what is meant."""
    wanted = _FIELD_OF.get(site.kind, "generators")
    validates = site.kind == VALIDATOR
    echoes = value_at(site.config, ("spec", "echo")) is True
    if validates and site.field == "transformers" and not echoes:
        message = f"{site.name} is under transformers:, where it empties the build without a word"
        yield Check(message, "list it under validators:, or give it spec: {echo: true}")
    elif validates and site.field == "validators" and echoes:
        yield Check(f"{site.name} hands objects back, which kustomize takes for a change", "remove spec.echo")
    elif site.field != wanted and not (validates and echoes):
        yield Check(f"{site.name} is under {site.field}:", f"list it under {wanted}:")
    if not value_at(site.config, ("metadata", "name")):
        message = f"{site.name}: kustomize takes a configuration without metadata.name for a file name"
        yield Check(message, "add metadata.name")


def _front_door(site: Site) -> Iterator[Check]:
    function = site.function
    if "container" in function:
        if "exec" in function:
            yield Check(f"{site.name} names exec and container: container wins", "keep one of them")
        found = shutil.which("docker")
        message = f"{site.name} runs in a container: docker is {'on' if found else 'not on'} PATH"
        yield Check(message, "" if found else f"install docker, or use exec: {_ANNOTATE}")
    elif "exec" in function:
        path = value_at(function, ("exec", "path"))
        arguments = value_at(function, ("exec", "args"))
        has_command = isinstance(arguments, list) and "krm" in arguments
        if isinstance(path, str) and os.path.basename(path) == "kaitogen" and not has_command:
            yield Check(f"{site.name} runs kaitogen without a command, which prints its help", _ANNOTATE)
        else:
            yield _program(site, path)
    else:
        yield _installed(site)


def _program(site: Site, path: object) -> Check:
    """Whether the program of an exec function is there and can be started."""
    if not isinstance(path, str) or not path:
        return Check(f"{site.name}: exec names no path", _ANNOTATE)
    if os.sep in path:
        found = os.path.normpath(os.path.join(site.folder, path))
        if not os.path.isfile(found):
            fix = "write path: kaitogen-krm, which is found on PATH from every folder"
            return Check(f"{site.name} runs {path}, and there is no {found}", fix)
    else:
        found = shutil.which(path) or ""
        if not found:
            fix = "run: pipx install kaitogen, or put its bin folder on PATH"
            return Check(f"{site.name} runs {path}, which is not on PATH", fix)
    return _startable(site, found)


def _installed(site: Site) -> Check:
    """Whether kustomize finds a legacy plugin for a configuration without a function annotation."""
    in_use = plugin.home_in_use()
    if in_use is None:
        message = f"{site.name} needs the legacy plugin, and there is no plugin home"
        return Check(message, f"{_INSTALL}; or, to use kustomize's exec: {_ANNOTATE}")
    for home in (in_use, *plugin.homes()):
        path = plugin.files(home.path).get(site.kind, "")
        if os.path.isfile(path) and home == in_use:
            return _startable(site, path)
        if os.path.isfile(path):
            message = f"{site.name}: the plugin is in {home.path}, but kustomize uses {in_use.path} ({in_use.reason})"
            return Check(message, f"run: export {plugin.HOME_VARIABLE}={home.path}")
    return Check(
        f"{site.name} needs the legacy plugin, and {in_use.path} ({in_use.reason}) has none", _INSTALL
    )


def _startable(site: Site, path: str) -> Check:
    runs = f"{site.name} runs {path}"
    if not os.access(path, os.X_OK):
        return Check(f"{site.name}: {path} is not executable", f"run: chmod +x {path}")
    if "\0" in "".join(plugin.first_lines(path)):  # a compiled program
        return Check(runs)
    if fault := _shebang_fault(path):
        return Check(f"{site.name}: {path} cannot start: {fault}", _INSTALL + ", or reinstall kaitogen")
    written, installed = plugin.version_of(path), _installed_version(path)
    if written and written != __version__:
        message = f"{site.name}: {path} was written by kaitogen {written}, and this is {__version__}"
        return Check(message, _INSTALL)
    if installed and installed != __version__:
        fix = f"run: pipx upgrade kaitogen; or put {os.path.dirname(sys.executable)} first on PATH"
        return Check(f"{runs}, which is kaitogen {installed}, and this is {__version__}", fix)
    return Check(runs)


def _installed_version(path: str) -> str:
    """The version of the kaitogen that a function on PATH belongs to; empty where that cannot be told."""
    beside = os.path.join(os.path.dirname(os.path.realpath(path)), "kaitogen")
    if os.path.basename(path) != "kaitogen-krm" or not os.access(beside, os.X_OK):
        return ""
    name, _, rest = _first_line(beside, "version").partition(" ")
    return rest.partition(" ")[0] if name == "kaitogen" else ""


def _shebang_fault(path: str) -> str:
    """What is wrong with the first line of a script; empty where it can be run."""
    first = next(iter(plugin.first_lines(path)), "")
    named = first[2:].strip(" ") if first.startswith("#!") else ""
    if not named:
        return "its first line names no interpreter (#!...)"
    if "\r" in named:
        return "its first line ends in a carriage return, as Windows writes it"
    program = named.split()[0]
    return "" if os.access(program, os.X_OK) else f"its first line names {program}, which is not there"


def _skipped(tree: Tree, folder: str) -> Iterator[Check]:
    if tree.intents and not any(
        site.kind == TRANSFORMER and site.field in discovery.FIELDS for site in tree.sites
    ):
        message = f"{number_of(len(tree.intents), 'intent')} among the resources, and no {TRANSFORMER} that expands them"
        fix = f"run: kaitogen kustomize components expand.yaml -o {quote(folder)}; then list it under transformers:"
        yield Check(message, fix)
    if not tree.intents and not tree.sites:
        fix = "list an intent under generators:; see docs/kustomize.md"
        yield Check(f"nothing in {folder} calls kaitogen", fix)


def _references(tree: Tree) -> Iterator[Check]:
    """Whether a prefix, suffix or hash would leave a Workspace with a name that is no more."""
    renaming = [
        path for path, one in tree.kustomizations.items() if one.get("namePrefix") or one.get("nameSuffix")
    ]
    configured = any(one.get("configurations") for one in tree.kustomizations.values())
    if renaming and not configured and tree.sites:
        message = f"{renaming[0]} renames objects, and no configurations: tell kustomize which names a Workspace holds"
        fix = "run: kaitogen kustomize components namereference.yaml -o DIR; then list it under configurations: of the base"
        yield Check(message, fix)


def _tools(tree: Tree, folder: str) -> Iterator[Check]:
    needs_exec = any("exec" in site.function and "container" not in site.function for site in tree.sites)
    kustomize, kubectl = shutil.which("kustomize"), shutil.which("kubectl")
    if needs_exec and not kustomize:
        message = "kustomize is not on PATH" + (", and kubectl has no --enable-exec" if kubectl else "")
        yield Check(message, f"install kustomize, or remove the annotation and {_INSTALL}")
        return
    if kustomize:
        version = f"kustomize {_first_line(kustomize, 'version')}"
        build = f"kustomize build {_EXEC_FLAGS if needs_exec else '--enable-alpha-plugins'}"
    elif kubectl:
        version = f"kubectl {_first_line(kubectl, 'version --client')}"
        build = "kubectl kustomize --enable-alpha-plugins"
    else:
        yield Check("neither kustomize nor kubectl is on PATH", "install one of them")
        return
    yield Check(version)
    yield Check(f"build with: {build} {quote(folder)}")
    yield Check(f"prove it with: {build} {quote(folder)} | kaitogen kustomize check --expect NUMBER")


def _first_line(program: str, arguments: str) -> str:
    try:
        run = subprocess.run(  # noqa: S603 - a tool that the user has on PATH, with fixed arguments
            [program, *arguments.split()], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return "(does not say its version)"
    return next(iter(run.stdout.splitlines()), "").strip()[:80]
