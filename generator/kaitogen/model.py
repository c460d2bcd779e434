"""The frozen values that cross from one stage to the next.

They are named tuples because importing `dataclasses` costs a tenth of a whole run: start-up is a feature here.
"""

from kaitogen.typed import Any, Final, Literal, Mapping, NamedTuple, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "note"]

#: invalid: kaitogen cannot take it as an intent, a template or a parameter. refused: KAITO's API server or webhook
#: rejects it. can't work: admitted, but it never becomes ready, or no update of it is accepted. warning: works, but
#: not as written. note: worth knowing; rests with the cluster. environment: the machine, the network, git or a cluster is in the way.
Kind: TypeAlias = Literal["invalid", "refused", "can't work", "warning", "note", "environment"]

#: Where a value stands in a document: mapping keys and list indexes from the root.
Path: TypeAlias = tuple[str | int, ...]
#: What YAML and JSON can say, once read: dict, list, str, int, float, bool or None.
Json: TypeAlias = Any

#: The files of a folder: name to content.
Files: TypeAlias = Mapping[str, bytes]

INTENT_API_VERSION: Final = "kaitogen.io/v1alpha1"
INTENT_KIND: Final = "WorkspaceIntent"
SET_KIND: Final = "WorkspaceIntentSet"

#: KAITO's annotation that chooses between vLLM and transformers.
RUNTIME_ANNOTATION: Final = "kaito.sh/runtime"
#: The label that kaitogen selects nodes by where a user names them under byo: it is the Workspace's own.
PIN_LABEL: Final = "kaitogen.io/workspace"
INSTANCE_TYPE_LABEL: Final = "node.kubernetes.io/instance-type"
GIB: Final = 2**30  # bytes

#: The minor versions of KAITO that can be generated for, oldest first.
KAITO_VERSIONS: Final = ("0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "0.10", "0.11", "0.12",)  # newest last # fmt: skip
NEWEST_KAITO: Final = KAITO_VERSIONS[-1]
PROVIDERS: Final = ("azure", "aws", "arc")
NODE_PROVISIONERS: Final = ("azure-gpu-provisioner", "karpenter", "byo")


def path_text(path: Path) -> str:
    """The path as people write it: `spec.workspaces[3].metadata.labels["a.b/c"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.replace("-", "").replace("_", "").isalnum():
            text += f".{step}" if text else step
        else:
            text += f'["{step[:80]}"]'
    return text


class Document(NamedTuple):
    """One document of a source: where it comes from, its value, and its own text for looking up lines.

    `number` counts the documents of the file from 0, `line` the lines of the source before the text. `flaws` is what is
    wrong with how it is written. `inline`: the value was handed over, so that no line of a user's file belongs to it.
    `overrides` are parts of the value that come from elsewhere, `dropped` the entries of a set that count no more.
    """

    file: str
    number: int = 0
    value: Json = None
    text: str = ""
    line: int = 0
    flaws: "tuple[Diagnostic, ...]" = ()
    inline: bool = False
    overrides: "tuple[Override, ...]" = ()
    dropped: tuple[int, ...] = ()


class Origin(NamedTuple):
    """Where a value that kaitogen works on was written: a document and the places to look in, in this order.

    A plain intent has the one root `()`. An entry of a set has its own place, the set's defaults, the set's metadata.
    """

    document: Document
    roots: tuple[Path, ...] = ((),)


class Override(NamedTuple):
    """A part of a document's value that was laid over it: by a parameter, or by the file of an environment.

    `base` leads to the intent in the document, `path` from there to the value (empty: all of it), which is at `origin`.
    """

    base: Path
    path: Path
    origin: Origin


class Assignment(NamedTuple):
    """A value to be set by path: in the intent of that name, or in every intent where `name` is None.

    With `typed` the text becomes what the schema wants at that path. Findings about it belong to `source`.
    """

    name: str | None
    path: Path
    text: str
    source: Document
    typed: bool = True


class Rule(NamedTuple):
    """What a finding can be about, under a code that stays the same; docs/findings/ has a page for each.

    `since` and `until` are the first and the last minor version of KAITO ("0.7") in which it holds: without
    `since` it has nothing to do with KAITO's version, without `until` the newest still has it. `source`
    names KAITO's own file and line at the tag of a release. `at_key` says that it is about a key
    itself and not about the value beside it. `formerly` are codes that it was known by before.
    """

    code: str
    title: str
    kind: Kind
    since: str = ""
    until: str = ""
    source: str = ""
    at_key: bool = False
    formerly: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """The usual severity, which follows from the kind; where it is found it may be said to be another."""
        return "error" if self.kind not in ("warning", "note") else self.kind

    def at(
        self, path: Path, message: str, *,
        fix: str = "", found: str = "", expected: str = "", severity: Severity | None = None,
    ) -> "Diagnostic":  # fmt: skip
        """What is wrong with a value. `path` leads to it in the document that was judged (for a missing key: to its mapping)."""
        return Diagnostic(
            rule=self, severity=severity or self.severity, path=path,
            message=message, fix=fix, found=found, expected=expected,
        )  # fmt: skip

    def in_file(
        self, file: str, message: str, *, line: int = 0, column: int = 0, path: Path = (), fix: str = ""
    ) -> "Diagnostic":
        """What is wrong with a file, at a line and column that are known already (from 1; 0 is unknown)."""
        return Diagnostic(
            rule=self, severity=self.severity, path=path, message=message, fix=fix, file=file, line=line, column=column
        )  # fmt: skip


class Diagnostic(NamedTuple):
    """What is wrong, from where it is found to where it is told.

    `message` is one sentence without a full stop; `found` and `expected` may be empty where it already says it; `fix` is
    what to do. `path` leads to the value. Found in a value, it first has an `origin`, where that was written; placing
    then looks up file, line, column, and `source`, the text of that line. Lines and columns count from 1; 0 is unknown.
    """

    rule: Rule
    severity: Severity
    path: Path
    message: str
    fix: str = ""
    found: str = ""
    expected: str = ""
    origin: Origin | None = None
    file: str = ""
    line: int = 0
    column: int = 0
    source: str = ""

    @property
    def code(self) -> str:
        """The code of its rule."""
        return self.rule.code

    @property
    def field(self) -> str:
        """The path as people write it."""
        return path_text(self.path)

    @property
    def suppressible(self) -> bool:
        """Whether a comment may suppress it: what is less than an error, and what KAITO admits but can never run."""
        if self.rule.kind in ("invalid", "environment"):
            return False
        return self.severity != "error" or self.rule.kind == "can't work"

    def of(self, origin: Origin) -> "Diagnostic":
        """The same, about a value that was written there."""
        return self._replace(origin=origin)


class Feature(NamedTuple):
    """Something that KAITO does in the minor versions 0.`since` to 0.`until`, both included."""

    since: int
    until: int = 999

    @property
    def came_with(self) -> str:
        """The version that began it, as text: 0.12."""
        return f"0.{self.since}"

    @property
    def went_with(self) -> str:
        """The first version without it, as text."""
        return f"0.{self.until + 1}"

    def holds(self, minor: int) -> bool:
        """Whether KAITO 0.`minor` does it."""
        return self.since <= minor <= self.until


#: The user can bring the nodes, by a gate or by the flag that overwrites it; all other features stand in kaito/versions.py.
BYO: Final = Feature(7)
BYO_BY_GATE: Final = Feature(7, 10)


class Target(NamedTuple):
    """The KAITO installation that a Workspace is meant for.

    `kaito` is a minor version ("0.12"), `feature_gates` are those that differ from their default, `api_version` is
    kaito.sh/v1beta1 or kaito.sh/v1alpha1, `node_classes` those of karpenter that it admits; empty where nobody says it.
    """

    kaito: str = NEWEST_KAITO
    provider: str = "azure"
    node_provisioner: str = "azure-gpu-provisioner"
    feature_gates: Mapping[str, bool] = {}
    api_version: str = "kaito.sh/v1beta1"
    node_classes: tuple[str, ...] = ()

    @property
    def minor(self) -> int:
        """The minor version as a number, so that versions compare: 12 for 0.12."""
        return int(self.kaito[2:])

    @property
    def byo(self) -> bool:
        """Whether the user brings the nodes, so that KAITO provisions none."""
        if self.feature_gates.get("disableNodeAutoProvisioning") is True and self.has(BYO_BY_GATE):
            return True
        return self.node_provisioner == "byo" and self.has(BYO)

    def has(self, feature: Feature) -> bool:
        """Whether this version does what `kaito/versions.py` says of some."""
        return feature.holds(self.minor)


class TargetOverrides(NamedTuple):
    """A target as far as somebody says it; what they leave open is None."""

    kaito: str | None = None
    provider: str | None = None
    node_provisioner: str | None = None
    feature_gates: Mapping[str, bool] = {}

    @property
    def target(self) -> Target:
        """The target, with the defaults for what is left open."""
        return Target(**{field: value for field, value in self._asdict().items() if value})


class ByoNodes(NamedTuple):
    """What facts say about the nodes of a placement: their number and names, and what one has (0 where not known).

    `memory` is in bytes. `pinned` says whether the selector takes exactly those that are named; None where none are.
    """

    nodes: int
    gpus: int
    memory: int
    pinned: bool | None
    names: tuple[str, ...] = ()


class Placement(NamedTuple):
    """What an intent says about where to run, or None; `byo_nodes` where facts are, `labels` for its capacity and zones.

    Of a strategy it is the `resource` of the Workspace, None where a field is left out.
    """

    strategy: str | None = None
    nodes: tuple[str, ...] | None = None
    selection: Mapping[str, Json] | None = None
    node_count: int | None = None
    instance_type: str | None = None
    label_selector: Mapping[str, Json] | None = None
    partition: Mapping[str, Json] | None = None
    preferred_nodes: tuple[str, ...] | None = None
    byo_nodes: ByoNodes | None = None
    labels: Mapping[str, str] = {}


class Spec(NamedTuple):
    """One valid intent. One of `inference` and `tuning` is there, as written; `fleet` is about replicas, `companions` about what goes with them."""

    origin: Origin
    name: str
    namespace: str | None
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    target: Target
    placement: Placement
    inference: Mapping[str, Json] | None
    tuning: Mapping[str, Json] | None
    fleet: Mapping[str, Json] | None = None
    companions: Mapping[str, Json] | None = None


class Context(NamedTuple):
    """The values that the templates see for one Spec, and which of the templates to fill in, in order."""

    spec: Spec
    templates: tuple[str, ...]
    values: Mapping[str, Json]


class UserObject(NamedTuple):
    """A finished object that a user wrote in full: a Workspace, or a ConfigMap that one may refer to."""

    origin: Origin
    data: Json


class Manifest(NamedTuple):
    """One finished object: its data in canonical form and the intent it was made from."""

    spec: Spec
    data: Mapping[str, Json]

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """API group, kind, namespace and name: what Kubernetes takes for one and the same object."""
        metadata = self.data["metadata"]
        group = self.data["apiVersion"].rpartition("/")[0]
        return group, self.data["kind"], metadata.get("namespace", ""), metadata["name"]


class Request(NamedTuple):
    """What a run is asked for: paths to read, or documents that a caller already has.

    Read: `stdin` is what `-` stands for among the paths. With `all_yaml` a folder stands for every YAML file in it about KAITO,
    not for its intent files alone. A symbolic link in it is followed where it stays in it or in the folder `within`.
    `findings` is what is wrong with how the documents were read. Laid under the intents: `project`, of the project file;
    over them: `environments`, files or their documents, and over these the `assignments`, in order.
    Judged by: `inventory` are files of facts about nodes, or their documents, too old from before `oldest`; `templates` is
    a folder of the user's own; `notes` asks for notes as well; `objects_target` is that of finished objects, None for no such.
    """

    paths: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    stdin: bytes | None = None
    templates: str | None = None
    notes: bool = False
    objects_target: Target | None = None
    inventory: "tuple[str | Document, ...]" = ()
    oldest: str = ""
    all_yaml: bool = False
    within: str | None = None
    project: Document | None = None
    environments: "tuple[str | Document, ...]" = ()
    assignments: tuple[Assignment, ...] = ()

    @property
    def target(self) -> Target:
        """What finished objects are judged by: that of theirs, or of an installation of which nothing is said."""
        return self.objects_target or Target()


class Suppressed(NamedTuple):
    """A finding that a comment suppresses, and the reason that the comment gives."""

    finding: Diagnostic
    reason: str


class Result(NamedTuple):
    """What came out of a run. The manifests count only where no finding is an error.

    `suppressed` are findings that a comment in the user's file suppresses, with a reason. `workspaces` is the number of
    Workspaces and sets made or, finished, looked at. `about` has every finding about a value, each with its origin.
    `objects` are those that a user wrote in full, `files` what was read, in the order of findings.
    """

    manifests: tuple[Manifest, ...]
    findings: tuple[Diagnostic, ...]
    suppressed: tuple[Suppressed, ...] = ()
    workspaces: int = 0
    about: tuple[Diagnostic, ...] = ()
    objects: tuple[UserObject, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether anything may be written."""
        return not any(finding.severity == "error" for finding in self.findings)
