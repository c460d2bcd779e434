"""Rules about an InferenceSet: its own fields, and every Workspace rule on the replicas that KAITO would make of it."""

from kaitogen.kaito import rules
from kaitogen.kaito.objects import TEMPLATE, part, text, value_at
from kaitogen.kaito.rules import identity, resource, schedules
from kaitogen.kaito.rules.context import RuleContext, cut
from kaitogen.kaito.rules.unread import KG908
from kaitogen.kaito.versions import ANNOTATIONS, KINDS, REPLICAS_CHECKED, is_on
from kaitogen.model import RUNTIME_ANNOTATION, Diagnostic, Json, Path, Rule, Severity
from kaitogen.typed import Callable, Final, Iterable, Iterator, Mapping, Sequence

_WINDOW: Final = ("spec", "autoUpgrade", "maintenanceWindow")
#: A replica is named <set>-<5 characters>; what a Workspace's name may have is left for the set's.
LONGEST_NAME: Final = identity.LONGEST_NAME - 6
_LOAD_BALANCER: Final = "kaito.sh/enablelb"
DISABLE_BENCHMARK: Final = "kaito.sh/disable-benchmark"
#: How the annotations of keda-kaito-scaler begin.
SCALER: Final = "scaledobject.kaito.sh/"
#: What keda-kaito-scaler 0.6.2 reads (its pkg/scaledobject/provisioner.go:222); each generation before it read others.
SCALER_READS: Final = frozenset(
    f"{SCALER}{key}"
    for key in (
        "auto-provision", "metrics", "combinepolicy", "evaluationwindow", "scaleupcooldown", "scaledowncooldown",
        "min-replicas", "max-replicas",
    )
)  # fmt: skip
#: What the two generations before it read instead (up to 0.5, and 0.6.0), and where it stands now.
_OLD_SCALERS: Final = {
    f"{SCALER}threshold": "upthreshold and downthreshold of an entry",
    f"{SCALER}metricName": "name of an entry",
    f"{SCALER}metricstype": "type of an entry",
    f"{SCALER}metricsource": "source of an entry",
    f"{SCALER}quantile": "an entry of type histogram",
    f"{SCALER}upthreshold": "upthreshold of an entry",
    f"{SCALER}downthreshold": "downthreshold of an entry",
}
#: KAITO reads these on the set, and hands on itself what its replicas need of them.
_SET_ONLY: Final = (DISABLE_BENCHMARK, "kaito.sh/run-benchmark")

KG901 = Rule("KG901", "The maintenance window has no schedule that KAITO can read", kind="refused", since="0.11",
             source="api/v1beta1/inferenceset_validation.go:90@v0.12.0")  # fmt: skip
KG902 = Rule("KG902", "The maintenance window has no duration above zero", kind="refused", since="0.11",
             source="api/v1beta1/inferenceset_validation.go:98@v0.12.0")  # fmt: skip
KG903 = Rule("KG903", "KAITO would refuse the objects that it makes of this one", kind="can't work", since="0.8",
             source="pkg/utils/inferenceset/inferenceset.go:133@v0.12.0")  # fmt: skip
KG904 = Rule("KG904", "An annotation stands where KAITO does not read it", kind="warning", since="0.8",
             source="api/v1beta1/labels.go:258@v0.12.0")  # fmt: skip
KG905 = Rule("KG905", "A set in the API version that does not check its replicas", kind="warning", since="0.11",
             source="api/v1alpha1/inferenceset_validation.go:37@v0.12.0")  # fmt: skip
KG906 = Rule("KG906", "Each replica gets a load balancer of its own", kind="warning", since="0.8",
             source="pkg/utils/inferenceset/inferenceset.go:144@v0.12.0")  # fmt: skip
KG907 = Rule("KG907", "The name leaves no room for what KAITO names after it", kind="can't work", since="0.8",
             source="pkg/utils/inferenceset/inferenceset.go:133@v0.12.0")  # fmt: skip

KG910 = Rule("KG910", "An annotation of an older autoscaler", kind="can't work", since="0.8",
             source="charts/kaito/workspace/Chart.yaml:48@v0.12.0")  # fmt: skip
KG330 = Rule("KG330", "Two that set the number of replicas", kind="warning", since="0.8")
KG914 = Rule("KG914", "Upgrades that nobody makes", kind="warning", since="0.11",
             source="cmd/workspace/main.go:340@v0.12.0")  # fmt: skip


def read_on_replicas(annotation: str) -> bool:
    """Whether an annotation belongs into the template: KAITO's own, but for those that the set or its scaler reads."""
    group = annotation.partition("/")[0]
    ours = group == "kaito.sh" or group.endswith(".kaito.sh")
    return ours and annotation not in _SET_ONLY and not annotation.startswith(SCALER)


def _is_for_replicas(annotation: str) -> bool:
    """Whether it does nothing on the set: the replicas act on it, and KAITO does not write it itself, as those of other groups."""
    known = annotation in ANNOTATIONS and annotation.startswith("kaito.sh/")
    return known and annotation != "kaito.sh/upgrade-start-time" and read_on_replicas(annotation)


def read_on_set(annotation: str) -> bool:
    """Whether an annotation belongs on the set itself: what is not for its replicas, and the runtime, which both read."""
    return annotation == RUNTIME_ANNOTATION or not read_on_replicas(annotation)


def judge(ctx: RuleContext) -> Iterator[Diagnostic]:
    """What KAITO's webhook would say to the set, and to the replicas that its controller makes of it.

    The set fits the schema of the target's version; paths are its own.
    """
    data, spec = ctx.workspace, part(ctx.workspace, "spec")
    yield from names(data, LONGEST_NAME - (1 if has_pool(ctx) else 0))
    yield from _window(part(part(spec, "autoUpgrade"), "maintenanceWindow"))
    yield from _upgrades(ctx, part(spec, "autoUpgrade"))
    yield from _annotations(ctx)
    if "nodeCountLimit" in spec and not any(key.startswith(SCALER) for key in ctx.annotations):
        # The one field that KAITO leaves to another controller, which acts on annotations of its own.
        why = "no part of KAITO reads nodeCountLimit; keda-kaito-scaler does, for sets with its annotations"
        yield KG908.at(("spec", "nodeCountLimit"), why, fix="remove it")
    if _asks_scaler(ctx) and f"{SCALER}metrics" in ctx.annotations:
        yield from two_owners(data, "keda-kaito-scaler", "its annotations")
    if ctx.v1alpha1 and ctx.has(KINDS["InferenceSet"]["v1beta1"]):
        message = f"KAITO {ctx.kaito} stores v1beta1, and its rules for v1alpha1 do not look at the replicas"
        yield KG905.at(("apiVersion",), message, fix="write apiVersion: kaito.sh/v1beta1")

    def asked(problem: Diagnostic) -> bool:
        """Of its rules for replicas, the webhook of v1alpha1 has the one for the instance type alone."""
        return ctx.has(REPLICAS_CHECKED) and (not ctx.v1alpha1 or problem.rule == resource.KG405)

    yield from of_made_objects(rules.judge(context_of(replica_of(data, ctx.named), ctx)), _path_in_set, asked)


def names(data: Mapping[str, Json], longest: int) -> Iterator[Diagnostic]:
    """Whether KAITO takes the name, and whether what it names after it works."""
    name = text(part(data, "metadata"), "name")
    if not identity.is_label(name):
        yield identity.no_label(name)
    elif len(name) > longest:
        message = f"the name has {len(name)} characters, and what KAITO makes of this {data['kind']} works up to {longest}"
        found, expected = f"{len(name)} characters", f"at most {longest}"
        yield KG907.at(identity.NAME, message, fix="shorten the name", found=found, expected=expected)
    elif not name[0].isalpha():
        yield identity.digit_first(KG907, name, "Services")


def _asks_scaler(ctx: RuleContext) -> bool:
    return ctx.annotations.get(f"{SCALER}auto-provision") == "true"


def _window(window: Mapping[str, Json]) -> Iterator[Diagnostic]:
    if "schedule" not in window:
        return
    schedule = text(window, "schedule")
    fault = schedules.cron_fault(schedule) if schedule else "it is empty"
    if fault:
        message = f"KAITO cannot read the schedule: {fault}"
        fix = 'write five fields, such as "0 2 * * 6"'
        yield KG901.at((*_WINDOW, "schedule"), message, fix=fix, found=cut(schedule))
    length = window.get("duration")
    if isinstance(length, str) and (schedules.duration(length) or 0) <= 0:
        message = f"{cut(length)} is no duration above zero that KAITO can read"
        fix = "write hours and minutes, such as 4h or 1h30m"
        yield KG902.at((*_WINDOW, "duration"), message, fix=fix, found=cut(length))


def _upgrades(ctx: RuleContext, upgrade: Mapping[str, Json]) -> Iterator[Diagnostic]:
    """KAITO starts what upgrades base images only where its gate is on, which no release does by itself."""
    gate = "enableBaseImageAutoUpgrade"
    if upgrade.get("enabled") is True and not is_on(gate, ctx.target):
        message = f"KAITO {ctx.kaito} upgrades no base image while its gate {gate} is off"
        fix = f"switch it on in KAITO's installation, and write target.featureGates: {{{gate}: true}}"
        yield KG914.at(("spec", "autoUpgrade", "enabled"), message, fix=fix)


def _of_older_scaler(ctx: RuleContext, key: str) -> Diagnostic:
    """KG910: an error where scaling is asked for, and the scaler for v1beta1 finds nothing to scale by."""
    name, metrics = cut(key), f"{SCALER}metrics"
    message = f"keda-kaito-scaler does not read {name} since 0.6.2, and makes no ScaledObject without metrics"
    fix = f"write {metrics}, as spec.scaling of an intent does"
    if now := _OLD_SCALERS.get(key):
        fix = f"write {metrics} instead, a list: this is {now} there; kaitogen migrate writes it"
    asked = _asks_scaler(ctx) and metrics not in ctx.annotations
    dead = key in _OLD_SCALERS and asked and ctx.has(KINDS["InferenceSet"]["v1beta1"])
    severity: Severity = "error" if dead else "warning"
    return KG910.at(("metadata", "annotations", key), message, fix=fix, severity=severity)


def _annotations(ctx: RuleContext) -> Iterator[Diagnostic]:
    """Trap: what the replicas act on is read in the template, what the set acts on in its own metadata."""
    path: Path = (*TEMPLATE, "metadata", "annotations")
    own, below = ctx.annotations, value_at(ctx.workspace, path) or {}
    for key in own:
        if _is_for_replicas(key) and own[key] != below.get(key):
            message = f"the replicas do not get {key} from the set itself, and KAITO reads it on them"
            fix = "write it under spec.template.metadata.annotations"
            yield KG904.at(("metadata", "annotations", key), message, fix=fix)
        if key.startswith(SCALER) and key not in SCALER_READS:
            yield _of_older_scaler(ctx, key)
    for key in below:
        if key.startswith(SCALER) or (key == DISABLE_BENCHMARK and key not in own):
            message = f"{key} is read on the set, and here it stands on its replicas"
            yield KG904.at((*path, key), message, fix="write it under metadata.annotations")
    if _LOAD_BALANCER in below and str(below[_LOAD_BALANCER]).lower() == "true":
        message = "each replica gets a load balancer and an address of its own, and none is shared"
        yield KG906.at((*path, _LOAD_BALANCER), message, fix="put one Service or Gateway before all replicas")


def two_owners(data: Mapping[str, Json], who: str, what: str) -> Iterator[Diagnostic]:
    """KG330: a set that says how many replicas there are, where an autoscaler is asked to. `what` asks it.

    On a server something is in that field always.
    """
    if "replicas" in part(data, "spec") and "uid" not in part(data, "metadata"):
        message = f"replicas is {data['spec']['replicas']}, and {who} sets that number: whoever applies this fights it"
        fix = f"leave it to one: remove replicas (an intent says scaling instead), or remove {what}"
        yield KG330.at(("spec", "replicas"), message, fix=fix)


def context_of(workspace: Json, ctx: RuleContext) -> RuleContext:
    """The context in which what KAITO makes of an object is judged."""
    return RuleContext(
        workspace, ctx.target, config_maps=ctx.config_maps, notes=ctx.notes, byo_nodes=ctx.byo_nodes
    )


def has_pool(ctx: RuleContext) -> bool:
    """Whether KAITO makes an InferencePool, which names a Service <set>-inferencepool-epp."""
    return is_on("gatewayAPIInferenceExtension", ctx.target) and not ctx.transformers


def replica_of(data: Mapping[str, Json], named: Sequence[str] = ()) -> dict[str, Json]:
    """The Workspace that KAITO makes for each replica of a set; named as the set, where nothing is wrong with that.

    `named` are nodes that the set's intent names, and that a Workspace of it would prefer.
    """
    spec = part(data, "spec")
    template = part(spec, "template")
    metadata = {**part(template, "metadata"), "namespace": part(data, "metadata").get("namespace")}
    fields = {**part(template, "resource"), **({"preferredNodes": list(named)} if named else {})}
    made = replica(metadata, fields, spec, template.get("inference"))
    if not any(names(data, LONGEST_NAME)):
        made["metadata"]["name"] = data["metadata"]["name"]
    return made


def replica(
    metadata: Mapping[str, Json], resource: Mapping[str, Json], spec: Mapping[str, Json], inference: Json
) -> dict[str, Json]:
    """The Workspace that KAITO makes for each replica; its name is one that nothing is wrong with.

    `metadata` and `resource` are what it gets from the object that it is made of, and `spec` has the selector of all.
    """
    inside = {key: metadata[key] for key in ("namespace", "labels", "annotations") if metadata.get(key)}
    return {
        "apiVersion": "kaito.sh/v1beta1",
        "kind": "Workspace",
        "metadata": {"name": "replica", **inside},
        "resource": {**resource, "labelSelector": spec.get("labelSelector") or {}},
        "inference": inference,
    }


def of_made_objects(
    problems: Iterable[Diagnostic], path_of: Callable[[Path], Path], in_webhook: Callable[[Diagnostic], bool]
) -> Iterator[Diagnostic]:
    """What is wrong with the objects that KAITO makes, at the fields of the one it makes them of.

    Where the webhook itself does not ask, a refusal comes later, when nobody looks: the object is admitted and never ready.
    """
    for problem in problems:
        path = path_of(problem.path)
        if in_webhook(problem) or problem.rule.kind != "refused":
            yield problem._replace(path=path)
        else:
            later = "KAITO admits this, and then refuses what it makes of it"
            yield problem._replace(
                rule=KG903, path=path, message=f"{later}: {problem.message} ({problem.code})"
            )


def _path_in_set(path: Path) -> Path:
    """From a field of a replica to the field of the set that says it."""
    if path[:2] == ("resource", "labelSelector"):
        return ("spec", *path[1:])
    return (*TEMPLATE, *path)
