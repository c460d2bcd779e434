"""`kaitogen kustomize doctor`: what keeps kustomize from running kaitogen, each with the command or line that helps."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Final

from kaitogen import __version__
from kaitogen.commands.options import OptionGroup, argument
from kaitogen.commands.result import Outcome
from kaitogen.errors import EXIT_FINDINGS, EXIT_OK
from kaitogen.integrations.checks import Check, listed
from kaitogen.integrations.krm.configuration import TRANSFORMER, VALIDATOR
from kaitogen.integrations.kustomize import discovery, plugin
from kaitogen.integrations.kustomize.discovery import Site, Tree

#: Where each kind belongs; all others are generators.
_FIELD_OF: Final = {TRANSFORMER: "transformers", VALIDATOR: "validators"}
_TIMEOUT: Final = 20
_EXEC_FLAGS: Final = "--enable-alpha-plugins --enable-exec"
_INSTALL: Final = "run: kaitogen kustomize install"
_ANNOTATE: Final = f'add the annotation {discovery.FUNCTION}: "exec: {{path: kaitogen-krm}}"'


class Options(OptionGroup):
    """Of `kaitogen kustomize doctor`."""

    folder = argument("FOLDER", help="A folder with a kustomization.yaml; the current one if left out.")


def run(options: Options) -> Outcome:
    """What is right and what is wrong with running kaitogen from the kustomization in a folder."""
    folder = "." if options.folder is None else options.folder
    report = examine(folder, os.environ)
    problems = sum(not check.ok for check in report)
    last = f"{problems or 'no'} problem{'' if problems == 1 else 's'}\n"
    return Outcome(
        (listed(report, "problem") + last).encode(), exit_code=EXIT_FINDINGS if problems else EXIT_OK
    )


def examine(folder: str, environment: Mapping[str, str]) -> list[Check]:
    """Everything that was looked at, in the order in which to repair it."""
    tree = discovery.look(folder)
    if not tree.kustomizations:
        names = ", ".join(discovery.NAMES)
        return [
            Check(ok=False, what=f"{folder} has no kustomization ({names})", fix="name the folder you build")
        ]
    checks: list[Check] = []
    for site in tree.sites:
        checks += _placed(site)
        checks += _front_door(site, environment)
    checks += _skipped(tree, folder)
    checks += _references(tree)
    checks += _tools(tree, folder, environment)
    return checks


def _placed(site: Site) -> Iterator[Check]:
    """Whether the configuration stands where its kind does what is meant."""
    kind = site.config.get("kind")
    wanted = _FIELD_OF.get(str(kind), "generators")
    spec = site.config.get("spec")
    echoes = isinstance(spec, dict) and spec.get("echo") is True
    if kind == VALIDATOR and site.field == "transformers" and not echoes:
        message = f"{site.name} is under transformers:, where it empties the build without a word"
        yield Check(ok=False, what=message, fix="list it under validators:, or give it spec: {echo: true}")
    elif kind == VALIDATOR and site.field == "validators" and echoes:
        message = f"{site.name} hands objects back, which kustomize takes for a change"
        yield Check(ok=False, what=message, fix="remove spec.echo")
    elif site.field != wanted and not (kind == VALIDATOR and echoes):
        yield Check(ok=False, what=f"{site.name} is under {site.field}:", fix=f"list it under {wanted}:")
    metadata = site.config.get("metadata")
    if not (isinstance(metadata, dict) and metadata.get("name")):
        message = f"{site.name}: kustomize takes a configuration without metadata.name for a file name"
        yield Check(ok=False, what=message, fix="add metadata.name")


def _front_door(site: Site, environment: Mapping[str, str]) -> Iterator[Check]:
    function = site.function
    if "container" in function:
        if "exec" in function:
            yield Check(
                ok=False, what=f"{site.name} names exec and container: container wins", fix="keep one of them"
            )
        found = shutil.which("docker", path=environment.get("PATH"))
        what = f"{site.name} runs in a container: docker is {'on' if found else 'not on'} PATH"
        yield Check(ok=bool(found), what=what, fix=f"install docker, or use exec: {_ANNOTATE}")
    elif "exec" in function:
        yield _program(site, environment)
    else:
        yield _installed(site, environment)


def _program(site: Site, environment: Mapping[str, str]) -> Check:
    """Whether the program of an exec function is there and can be started."""
    exec_ = site.function["exec"]
    path = exec_.get("path") if isinstance(exec_, dict) else None
    if not isinstance(path, str) or not path:
        return Check(ok=False, what=f"{site.name}: exec names no path", fix=_ANNOTATE)
    if os.sep in path:
        found = os.path.normpath(os.path.join(site.folder, path))
        if not os.path.isfile(found):
            message = f"{site.name} runs {path}, and there is no {found}"
            return Check(
                ok=False,
                what=message,
                fix="write path: kaitogen-krm, which is found on PATH from every folder",
            )
    else:
        found = shutil.which(path, path=environment.get("PATH")) or ""
        if not found:
            message = f"{site.name} runs {path}, which is not on PATH"
            return Check(
                ok=False, what=message, fix="run: pipx install kaitogen, or put its bin folder on PATH"
            )
    return _startable(site, found)


def _installed(site: Site, environment: Mapping[str, str]) -> Check:
    """Whether kustomize finds a legacy plugin for a configuration without a function annotation."""
    kind = str(site.config.get("kind"))
    in_use = plugin.home_in_use(environment)
    if in_use is None:
        message = f"{site.name} needs the legacy plugin, and there is no plugin home"
        return Check(ok=False, what=message, fix=f"{_INSTALL}; or, to use kustomize's exec: {_ANNOTATE}")
    path = plugin.files(in_use.path).get(kind, "")
    if os.path.isfile(path):
        return _startable(site, path)
    for home in plugin.homes(environment):
        if os.path.isfile(plugin.files(home.path).get(kind, "")):
            message = f"{site.name}: the plugin is in {home.path}, but kustomize uses {in_use.path} ({in_use.reason})"
            return Check(ok=False, what=message, fix=f"run: export {plugin.HOME_VARIABLE}={home.path}")
    message = f"{site.name} needs the legacy plugin, and {in_use.path} ({in_use.reason}) has none"
    return Check(ok=False, what=message, fix=_INSTALL)


def _startable(site: Site, path: str) -> Check:
    if not os.access(path, os.X_OK):
        return Check(ok=False, what=f"{site.name}: {path} is not executable", fix=f"run: chmod +x {path}")
    if not _is_script(path):
        return Check(ok=True, what=f"{site.name} runs {path}")
    fault = plugin.shebang_fault(path)
    if fault:
        return Check(
            ok=False,
            what=f"{site.name}: {path} cannot start: {fault}",
            fix=_INSTALL + ", or reinstall kaitogen",
        )
    written, installed = plugin.version_of(path), _installed_version(path)
    if written and written != __version__:
        message = f"{site.name}: {path} was written by kaitogen {written}, and this is {__version__}"
        return Check(ok=False, what=message, fix=_INSTALL)
    if installed and installed != __version__:
        message = f"{site.name} runs {path}, which is kaitogen {installed}, and this is {__version__}"
        fix = f"run: pipx upgrade kaitogen; or put {os.path.dirname(sys.executable)} first on PATH"
        return Check(ok=False, what=message, fix=fix)
    return Check(ok=True, what=f"{site.name} runs {path}")


def _installed_version(path: str) -> str:
    """The version of the kaitogen that a function on PATH belongs to; empty where that cannot be told."""
    beside = os.path.join(os.path.dirname(os.path.realpath(path)), "kaitogen")
    if os.path.basename(path) != "kaitogen-krm" or not os.access(beside, os.X_OK):
        return ""
    name, _, rest = _first_line(beside, "version").partition(" ")
    return rest.partition(" ")[0] if name == "kaitogen" else ""


def _is_script(path: str) -> bool:
    """Text, by its first bytes: a compiled program starts with others."""
    try:
        with open(path, "rb") as file:
            return b"\0" not in file.read(512)
    except OSError:
        return True


def _skipped(tree: Tree, folder: str) -> Iterator[Check]:
    if tree.intents and not any(site.config.get("kind") == TRANSFORMER for site in tree.sites):
        names = f"{len(tree.intents)} intent{'s' if len(tree.intents) > 1 else ''}"
        message = f"{names} among the resources, and no {TRANSFORMER} that expands them"
        yield Check(
            ok=False,
            what=message,
            fix=f"run: kaitogen kustomize components expand.yaml -o {folder}; then list it under transformers:",
        )
    if not tree.intents and not tree.sites:
        yield Check(
            ok=False,
            what=f"nothing in {folder} calls kaitogen",
            fix="list an intent under generators:; see docs/kustomize.md",
        )


def _references(tree: Tree) -> Iterator[Check]:
    """Whether a prefix, suffix or hash would leave a Workspace with a name that is no more."""
    renaming = [
        path for path, one in tree.kustomizations.items() if one.get("namePrefix") or one.get("nameSuffix")
    ]
    configured = any(one.get("configurations") for one in tree.kustomizations.values())
    if renaming and not configured and tree.sites:
        message = f"{renaming[0]} renames objects, and no configurations: tell kustomize which names a Workspace holds"
        fix = "run: kaitogen kustomize components namereference.yaml -o DIR; then list it under configurations: of the base"
        yield Check(ok=False, what=message, fix=fix)


def _tools(tree: Tree, folder: str, environment: Mapping[str, str]) -> Iterator[Check]:
    if not tree.sites:
        return
    needs_exec = any("exec" in site.function and "container" not in site.function for site in tree.sites)
    kustomize = shutil.which("kustomize", path=environment.get("PATH"))
    kubectl = shutil.which("kubectl", path=environment.get("PATH"))
    if needs_exec and not kustomize:
        message = "kustomize is not on PATH" + (", and kubectl has no --enable-exec" if kubectl else "")
        yield Check(ok=False, what=message, fix=f"install kustomize, or remove the annotation and {_INSTALL}")
        return
    if not kustomize and not kubectl:
        yield Check(ok=False, what="neither kustomize nor kubectl is on PATH", fix="install one of them")
        return
    program, arguments = ("kustomize", "version") if kustomize else ("kubectl", "version --client")
    build = f"kustomize build {_EXEC_FLAGS if needs_exec else '--enable-alpha-plugins'}"
    if not kustomize:
        build = "kubectl kustomize --enable-alpha-plugins"
    yield Check(ok=True, what=f"{program} {_first_line(kustomize or kubectl or '', arguments)}")
    yield Check(ok=True, what=f"build with: {build} {folder}")
    yield Check(ok=True, what=f"prove it with: {build} {folder} | kaitogen kustomize check --expect NUMBER")


def _first_line(program: str, arguments: str) -> str:
    try:
        run = subprocess.run(  # noqa: S603 - a tool that the user has on PATH, with fixed arguments
            [program, *arguments.split()], capture_output=True, text=True, timeout=_TIMEOUT, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return "(does not say its version)"
    return next(iter(run.stdout.splitlines()), "").strip()[:80]
