"""`kaitogen kustomize ...`: the subcommands, each a function from values to an Outcome."""

import os
from collections.abc import Callable
from typing import Final

from kaitogen.commands import inputs
from kaitogen.commands.option_types import Values
from kaitogen.commands.result import Outcome
from kaitogen.errors import EXIT_FINDINGS, EXIT_OK, UsageError
from kaitogen.integrations.kustomize import components as ready_made
from kaitogen.integrations.kustomize import plugin
from kaitogen.model import Json


def install(values: Values) -> Outcome:
    """Lay out the legacy plugin. Standard output holds the line that a shell needs for it, where it needs one."""
    home = plugin.chosen_home(inputs.word(values["plugin_home"]), os.environ)
    dry_run = bool(values["dry_run"])
    written = plugin.install(home, dry_run=dry_run)
    said = [f"kaitogen: {'would write' if dry_run else 'wrote'} {path}\n" for path in written]
    said.append("kaitogen: now this works: kubectl kustomize --enable-alpha-plugins DIR\n")
    in_use = plugin.home_in_use(os.environ)
    if (in_use is not None and os.path.abspath(in_use.path) == home) or (
        dry_run and in_use is None and inputs.word(values["plugin_home"]) is None
    ):
        return Outcome(said="".join(said))
    line = f"export {plugin.HOME_VARIABLE}={_quoted(home)}\n"
    said.append(f"kaitogen: in a shell with this line: {line}")
    return Outcome(line.encode(), "".join(said))


def uninstall(values: Values) -> Outcome:
    """Remove what `install` wrote."""
    home = plugin.chosen_home(inputs.word(values["plugin_home"]), os.environ)
    dry_run = bool(values["dry_run"])
    removed = plugin.uninstall(home, dry_run=dry_run)
    said = "".join(f"kaitogen: {'would remove' if dry_run else 'removed'} {path}\n" for path in removed)
    return Outcome(said=said or f"kaitogen: nothing of kaitogen's is installed in {home}\n")


def doctor(values: Values) -> Outcome:
    """What is right and what is wrong with running kaitogen from the kustomization in a folder."""
    # Imported here: it starts other programs, which no other command does.
    from kaitogen.integrations.kustomize import doctor as examination

    folder = (inputs.words(values["folder"]) or (".",))[0]
    report = examination.examine(folder, os.environ)
    lines: list[str] = []
    for check in report:
        lines.append(f"{'ok     ' if check.ok else 'problem'}  {check.what}\n")
        lines += [f"         fix: {check.fix}\n"] if check.fix and not check.ok else []
    problems = sum(not check.ok for check in report)
    lines.append(f"{problems or 'no'} problem{'' if problems == 1 else 's'}\n")
    return Outcome("".join(lines).encode(), exit_code=EXIT_FINDINGS if problems else EXIT_OK)


def check(values: Values) -> Outcome:
    """Findings about a build that is done, as a validator inside it would have them; the same exit codes."""
    # Imported here: no other command of the group needs the stages.
    from kaitogen.integrations.krm import command

    spec: dict[str, Json] = {"strict": bool(values["strict"])}
    expected = inputs.word(values["expect"])
    if expected is not None:
        if not (expected.isascii() and expected.isdigit() and len(expected) < 10):
            raise UsageError(f"--expect takes a number of Workspaces, not {expected[:40]}")
        spec["expect"] = int(expected)
    said = {"kaito": "kaito", "provider": "provider", "nodeProvisioner": "node_provisioner"}
    spec["target"] = {
        key: word for key, name in said.items() if (word := inputs.word(values[name])) is not None
    }
    return command.check(spec)


def components(values: Values) -> Outcome:
    """The list of the pieces, or some of them as files."""
    names = inputs.words(values["pieces"])
    out = inputs.word(values["out"])
    known = ready_made.listed()
    chosen = ready_made.chosen(names, known)
    if out is not None:
        written = ready_made.write(chosen, out)
        return Outcome(said="".join(f"kaitogen: wrote {path}\n" for path in written))
    if names:
        return Outcome("".join(ready_made.text(piece) for piece in chosen).encode())
    width = max(len(piece.name) for piece in known)
    return Outcome("".join(f"{piece.name:<{width}}  {piece.about}\n" for piece in known).encode())


def _quoted(path: str) -> str:
    plain = path.replace("/", "").replace("-", "").replace("_", "").replace(".", "")
    return path if plain.isalnum() else "'" + path.replace("'", "'\\''") + "'"


COMMANDS: Final[dict[str, Callable[[Values], Outcome]]] = {
    "install": install,
    "uninstall": uninstall,
    "doctor": doctor,
    "check": check,
    "components": components,
}
