"""`kaitogen argocd install`: the files of `deploy/argocd/` that install the plugin, printed or written.

They are as they stand there but for what the options choose and what is known better elsewhere: the
parameters that the form offers, the version, and the health scripts. `kaitogen argocd install -o .` in
the repository brings its own files up to date with those.
"""

import os
import re
from itertools import takewhile
from textwrap import indent

from kaitogen import __version__
from kaitogen.commands.options import OptionGroup, flag, option
from kaitogen.commands.result import Outcome
from kaitogen.errors import UsageError, refuse_no_folder
from kaitogen.files import atomic, shipped
from kaitogen.integrations.argocd.announce import static
from kaitogen.kaito.rules import images
from kaitogen.model import Json
from kaitogen.typed import Final, Iterable
from kaitogen.yaml.writer import dump

_DETECTED: Final = "plugin-discover.yaml"
_NAMED: Final = "kustomize/plugin.yaml"
_SIDECAR: Final = "kustomize/repo-server.yaml"
_SETTINGS: Final = "kustomize/argocd-cm.yaml"
_VALUES: Final = "helm/values.yaml"
_FILES: Final = (
    _DETECTED, "kustomize/kustomization.yaml", "kustomize/network-policy.yaml", _NAMED, _SIDECAR, _SETTINGS, _VALUES,
    "examples/application.yaml", "examples/applicationset.yaml", "examples/hydrated.yaml",
)  # fmt: skip


class Options(OptionGroup):
    """Of `kaitogen argocd install`."""

    show = flag("--print", help="Print the files, each after a line with its name.")
    out = option("-o", "--out", metavar="FOLDER", help="Write them into this folder.")
    image = option("--image", metavar="IMAGE", help="Image with kaitogen in it.")
    discover = flag("--discover", help="Let Argo CD detect applications by intent.yaml.")
    dynamic = flag("--dynamic-parameters", help="Let the form follow the intents.")


def run(options: Options) -> Outcome:
    """The files for this version of kaitogen, with the image and the ways that the options choose."""
    refuse_no_folder(options.out)
    image = f"registry.example.com/kaitogen:{__version__}" if options.image is None else options.image
    if not images.is_image(image):
        raise UsageError(f"--image {image[:80]!r} is no image reference", fix=images.why_not(image))
    texts = files(
        image,
        discover=options.discover,
        dynamic=options.dynamic,
    )
    out = options.out
    if out is None:
        if not options.show:
            raise UsageError("say where the files should go", fix="add --print, or -o FOLDER to write them")
        return Outcome("---\n".join(f"# file: {name}\n{text}" for name, text in texts.items()).encode())
    contents = {os.path.join(out, *name.split("/")): text.encode() for name, text in texts.items()}
    atomic.write_files(contents, may_replace=_is_ours, make_folders=True)
    return Outcome(stderr=f"kaitogen: wrote {len(texts)} files into {out}\n")


def files(image: str, *, discover: bool, dynamic: bool) -> dict[str, str]:
    """All files by their path in the repository."""
    texts = {name: shipped.read_text("deploy", f"argocd/{name}") for name in _FILES}
    if discover:
        texts[_NAMED] = texts[_DETECTED]
        texts[_VALUES] = re.sub(
            r"(?m)^( *)generate:", r"\1discover:\n\1  fileName: intent.yaml\n\g<0>", texts[_VALUES]
        )
    command: Json = {"command": ["kaitogen"], "args": ["argocd", "parameters"]}
    form = dump({"dynamic": command} if dynamic else {"static": static()})
    _fill(texts, (_DETECTED, _NAMED, _VALUES), "parameters", form)
    for kind in ("InferenceSet", "RAGEngine", "Workspace"):
        script = shipped.read_text("deploy", f"argocd/health/kaito.sh/{kind}/health.lua")
        _fill(texts, (_SETTINGS, _VALUES), f"resource.customizations.health.kaito.sh_{kind}", script)
    for name in (_SIDECAR, _VALUES):
        texts[name] = re.sub(r"\bimage: .*", lambda _: dump({"image": image}).rstrip(), texts[name])
    return {"plugin.yaml": texts[_NAMED], **{f"deploy/argocd/{name}": text for name, text in texts.items()}}


def _fill(texts: dict[str, str], names: Iterable[str], key: str, body: str) -> None:
    """Put a text below a key, in the place of all that is indented further than the key is."""
    below = re.compile(rf"(?m)^( *){re.escape(key)}:.*\n((?:\1 .*)?\n)*")
    for name in names:
        texts[name] = below.sub(
            lambda match: match[0].partition("\n")[0] + "\n" + indent(body, match[1] + "  "), texts[name]
        )


def _is_ours(content: bytes) -> bool:
    """Whether a file says in its first comment that this command wrote it."""
    comment = takewhile(lambda line: line.startswith(b"#"), content.splitlines())
    return any(line.startswith(b"# Written by `kaitogen argocd install`") for line in comment)
