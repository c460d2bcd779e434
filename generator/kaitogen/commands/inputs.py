"""What a run reads, a live cluster too, and what is laid over it: the options for that, and the Request that they make."""

import os

from kaitogen.commands.options import Group, OptionGroup, arguments, flag, option, repeatable
from kaitogen.errors import UsageError
from kaitogen.model import KAITO_VERSIONS, NODE_PROVISIONERS, PROVIDERS, Request
from kaitogen.pipeline.load import MAX_BYTES, PROJECT, nearest
from kaitogen.typed import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kaitogen.files.cluster import Access

#: As kubectl names the files that a command is about.
BY_OPTION: Final = ("-f", "--filename")
PATHS: Final = arguments(
    "PATH",
    help="Files, folders (every intent.yaml and *.intent.yaml below them), or - for standard input.",
    more=BY_OPTION,
)
#: Of a command that takes all sorts of manifests.
ALL_PATHS: Final = arguments(
    "PATH",
    help="Files, folders (every YAML file below them that speaks of KAITO), or - for standard input.",
    more=BY_OPTION,
)
TEMPLATES: Final = option(
    "--templates", metavar="FOLDER", help="A folder of templates that are laid over the shipped ones."
)
EXPECT: Final = option(
    "--expect",
    metavar="NUMBER|KIND=NUMBER,...",
    help="Fail unless exactly this many Workspaces, or objects of each kind named, are seen.",
)
INVENTORY: Final = repeatable(
    "--inventory",
    metavar="FILE",
    help="Facts about nodes (kaitogen nodes snapshot writes them), or quick selectors of your own.",
)


class CompareOptions(OptionGroup):
    """Of a command that writes files: compare with what is there instead."""

    check = flag("--check", help="Write nothing; exit 1 with a diff where a file would change.")
    dry_run = flag("--dry-run", help="Write nothing; show what would change.")

    @property
    def any(self) -> bool:
        """Whether nothing is to be written."""
        return self.check or self.dry_run


class CloudOptions(OptionGroup):
    """The installation that objects are for, but for KAITO's version."""

    provider = option("--provider", help="Cloud of the installation.", choices=PROVIDERS)
    node_provisioner = option(
        "--node-provisioner", help="Node provisioner of the installation.", choices=NODE_PROVISIONERS
    )
    feature_gates = repeatable(
        "--feature-gate", metavar="NAME=true|false", help="Feature gate of the installation."
    )


class TargetOptions(OptionGroup):
    """The installation that objects are for: over what an intent says of it, and all that a finished manifest has."""

    kaito = option("--kaito", help="KAITO version of the installation.", choices=KAITO_VERSIONS)
    cloud = Group(CloudOptions)
    node_classes = repeatable(
        "--node-class", metavar="NAME", help="Node class that karpenter's installation of KAITO lists."
    )


class OverlayOptions(OptionGroup):
    """What is laid over the intents, in this order: an environment, the installation, single values."""

    environments = repeatable(
        "--environment",
        metavar="ENVIRONMENT",
        help="Lay environments/NAME.yaml of the intents' folder over them; all stands for each there is.",
    )
    target = Group(TargetOptions)
    values = repeatable(
        "--set", metavar="PATH=VALUE", help="Set a value in every intent, or with NAME:PATH=VALUE in one."
    )

    @property
    def is_any(self) -> bool:
        """Whether anything is laid over anything."""
        return any(self.given.get(one.name) for one in self.parameters())


class LiveOptions(OptionGroup):
    """Whether a command asks a live cluster, and how it is reached."""

    live = flag("--live", help="Ask the cluster itself; needs kaitogen[live].")
    kubeconfig = option(
        "--kubeconfig",
        metavar="FILE",
        help="Kubeconfig for --live; left out, KUBECONFIG, ~/.kube/config or the pod's own account.",
    )
    context = option("--context", metavar="NAME", help="Context of the kubeconfig for --live.")

    @property
    def asked(self) -> bool:
        """Whether a cluster is to be asked; UsageError where an option says how to, and --live is missing."""
        for name, value in (("kubeconfig", self.kubeconfig), ("context", self.context)):
            if value and not self.live:
                raise UsageError(f"--{name} says how to ask a cluster, and none is asked", fix="add --live")
        return self.live

    @property
    def access(self) -> "Access":
        """The way into the cluster that the options name."""
        from kaitogen.files.cluster import Access  # few runs ask a cluster

        return Access(self.kubeconfig, self.context)


class AgeOptions(OptionGroup):
    """How old facts about nodes may be: of commands that only report, and of no render."""

    max_age = option("--max-age", metavar="DAYS", default="14", help="Warn of facts that are older.")
    today = option(
        "--today", metavar="YYYY-MM-DD", help="The day that --max-age counts from, for a repeatable answer."
    )

    @property
    def oldest(self) -> str:
        """The time before which facts are too old, in the form that inventories write. UsageError for no number or day."""
        from datetime import UTC, date, datetime, timedelta  # only those who give facts need it

        days, today = self.max_age, self.today
        if not (days.isascii() and days.isdigit() and len(days) < 5):
            raise UsageError(f"--max-age takes a number of days, not {days[:40]}")
        try:
            day = datetime.now(UTC).date() if today is None else date.fromisoformat(today)
            return f"{day - timedelta(days=int(days))}T00:00:00Z"
        except (ValueError, OverflowError) as error:
            raise UsageError(f"--today takes a day such as 2026-11-24, not {(today or '')[:40]}") from error


def now() -> str:
    """This second, in the form that inventories write."""
    from datetime import UTC, datetime  # no render asks

    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def request(
    paths: tuple[str, ...],
    *,
    inventory: tuple[str, ...] = (),
    age: AgeOptions | None = None,
    templates: str | None = None,
    stdin: bytes | None = None,
) -> Request:
    """The request of a command with PATH arguments, the current folder where there are none.

    `age` is how old the facts of the inventory may be, None where any age will do: what is rendered must not
    depend on the day. `stdin` is what standard input held where that was read already. EnvironmentFailure where
    it is named and cannot be read.
    """
    paths = paths or (".",)
    if "-" in paths and "-" in inventory:
        raise UsageError("standard input can't be both the intents and the inventory", fix="name a file")
    if stdin is None and "-" in (*paths, *inventory):
        from kaitogen.files import standard_input  # most name files

        stdin = standard_input.read(MAX_BYTES)
    return Request(
        paths=paths,
        stdin=stdin,
        inventory=inventory,
        oldest=age.oldest if age is not None and inventory else "",
        templates=templates,
    )


def within_project(request: Request, age: AgeOptions | None = None) -> Request:
    """The request with what the project file of its paths says, and the command line does not.

    UsageError where the paths have different ones, or only some have one.
    """
    folders = dict.fromkeys(path if os.path.isdir(path) else os.path.dirname(path) for path in request.paths)
    found = list(dict.fromkeys(nearest(PROJECT, folder or os.curdir) for folder in folders))
    if not any(found):
        return request
    if len(found) != 1 or found[0] is None:
        files = [os.path.relpath(one[0]) if one else "none" for one in found]
        message = f"the paths have different project files: {', '.join(sorted(files))[:160]}"
        raise UsageError(message, fix="run this once for each of them")
    from kaitogen.pipeline import project  # most intents have none

    oldest = "" if age is None else age.oldest
    said, findings = project.read(*found[0])
    request = request._replace(findings=(*request.findings, *findings))
    if said is None or findings:
        return request
    inventory = request.inventory or said.inventory
    return request._replace(
        project=said.document,
        inventory=inventory,
        oldest=request.oldest or (oldest if inventory else ""),
        templates=said.templates if request.templates is None else request.templates,
    )


def is_strict(request: Request, *, given: bool) -> bool:
    """Whether warnings stop the run: by an option, or by the project file."""
    return given or (
        request.project is not None and (request.project.value.get("spec") or {}).get("strict") is True
    )


def overlaid(request: Request, over: OverlayOptions, age: AgeOptions | None = None) -> Request:
    """The request `within_project`, with what the options lay over its intents; UsageError where they name several environments."""
    request = within_project(request, age)
    if not over.is_any:
        return request
    from kaitogen.commands import overlays  # most runs lay nothing over their intents

    return overlays.single(request, over)
