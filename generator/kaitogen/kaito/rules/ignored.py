"""What the target's controller does with `count` and `preferredNodes`: never silently nothing."""

from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito import versions
from kaitogen.kaito.objects import number, text
from kaitogen.kaito.rules.context import RuleContext, cut
from kaitogen.kaito.rules.resource import is_system_label
from kaitogen.kaito.rules.sizing import asks_for_estimate, estimate
from kaitogen.model import PIN_LABEL, Diagnostic, Json, Rule, Severity
from kaitogen.typed import Final, Iterator, Mapping

KG461 = Rule("KG461", "count is ignored", kind="warning", since="0.7",
             source="pkg/workspace/controllers/workspace_controller.go:1508@v0.12.0")  # fmt: skip
KG462 = Rule("KG462", "preferredNodes is ignored", kind="warning", since="0.7",
             source="api/v1beta1/workspace_types.go:42@v0.12.0")  # fmt: skip
KG463 = Rule("KG463", "The named nodes are found by a label", kind="note", since="0.7",
             source="pkg/nodeprovision/byo-provisioner/byo_provisioner.go:68@v0.12.0")  # fmt: skip
KG464 = Rule("KG464", "Fewer preferredNodes than count under byo", kind="refused", since="0.7", until="0.7",
             source="api/v1beta1/workspace_validation.go:64@v0.7.2")  # fmt: skip

KG317 = Rule("KG317", "The label that pins does not tell Workspaces of one name apart", kind="warning", since="0.7",
             source="pkg/nodeprovision/byo-provisioner/byo_provisioner.go:68@v0.12.0")  # fmt: skip

_COUNT: Final = ("resource", "count")
_PREFERRED: Final = ("resource", "preferredNodes")
_ASCII_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#: As many letters the value of a label may have, and as many digits of a hash tell long ones apart.
_LONGEST_VALUE: Final = 63
_HASH_DIGITS: Final = 16
#: And so many the name of a set, after which KAITO names its replicas.
_LONGEST_NAME_OF_SET: Final = 46


def judge(ctx: RuleContext, tokens: int) -> Iterator[Diagnostic]:
    """Findings about fields that are written and not read. `tokens` is what KAITO reads as max-model-len."""
    count = number(ctx.resource, "count")
    preferred = preferred_nodes(ctx.resource)
    # The CRD makes a count of 1 where none is written, so that one node at least must be named.
    least = 1 if count is None else count
    counted = ctx.has(versions.PREFERRED_NODES_COUNTED) and ctx.byo and ctx.tuning is None
    if counted and ctx.resource and len(preferred) < least:
        message = f"KAITO {ctx.kaito} refuses fewer preferredNodes ({len(preferred)}) than count ({least}) under byo"
        fix = f"name {number_of(least, 'node')} or more, although only the selector says which are used"
        path = _PREFERRED if preferred else ("resource",)
        yield KG464.at(path, message, fix=fix, found=str(len(preferred)), expected=str(least))
    elif preferred:
        yield from _preferred(ctx, preferred, tokens)
    # A count that only numbers the names is no thing of its own: what is said about the names says it, too.
    numbered = count == len(preferred) and (
        not ctx.has(versions.PREFERRED_NODES_READ) or (ctx.byo and _pinned_by(ctx))
    )
    if count is not None and not numbered and asks_for_estimate(ctx):
        yield _count(ctx, count, preferred, tokens)


def pin(namespace: str, name: str) -> str:
    """The value of the label that a Workspace's named nodes carry under byo; no two Workspaces of a cluster have the same.

    A namespace has no dot, so that the first one ends it; what is too long ends in a hash behind an underscore, which
    is in no name. An empty namespace is one that nobody knows yet.
    """
    value = f"{namespace}.{name}" if namespace else name
    if len(value) <= _LONGEST_VALUE:
        return value
    # Imported here because hardly any name is so long, and loading OpenSSL takes its time.
    from hashlib import sha256

    digest = sha256(value.encode()).hexdigest()[:_HASH_DIGITS]
    return f"{value[: _LONGEST_VALUE - 1 - _HASH_DIGITS]}_{digest}"


def _count(ctx: RuleContext, count: int, names: list[str], tokens: int) -> Diagnostic:
    nodes = estimate(ctx, tokens)
    message = f"KAITO {ctx.kaito} does not read count for a preset on vllm: its own estimate sets the number of nodes"
    fix = f"remove count; to say which nodes it may use, select them by a label under byo: {_command(names, _pin(ctx))}"
    if ctx.byo:
        fix = f"remove count, and label as many nodes as it may use: {_command(names, _selected(ctx))}"
    severity: Severity = "note" if nodes == count else "warning"
    if nodes:
        fix = _as_replicas(ctx, count, nodes) + fix
        message = f"KAITO {ctx.kaito} does not read count {count} for a preset on vllm: its own estimate is {number_of(nodes, 'node')}"
    expected = str(nodes or "")
    return KG461.at(_COUNT, message, fix=fix, found=str(count), expected=expected, severity=severity)


def _as_replicas(ctx: RuleContext, there: int, nodes: int | None) -> str:
    """The way to have all of these nodes at work, where KAITO has one; `nodes` are those of one replica."""
    named = len(ctx.name) <= _LONGEST_NAME_OF_SET and ctx.name[:1].isalpha()
    if not nodes or there // nodes < 2 or not named or not ctx.has(versions.REPLICA_METADATA):
        return ""
    return f"for {there // nodes} replicas on as many nodes add replicas: auto to the intent's spec; or "


def _preferred(ctx: RuleContext, names: list[str], tokens: int) -> Iterator[Diagnostic]:
    if ctx.byo:
        # What is wrong with the selector is told by the facts about the nodes, where there are some.
        if ctx.byo_nodes is None or ctx.byo_nodes.pinned is not False:
            yield _under_byo(ctx, names)
        yield from _shared_pin(ctx)
    elif not ctx.has(versions.PREFERRED_NODES_READ):
        message = f"KAITO {ctx.kaito} does not read preferredNodes: nothing pins the Workspace to these nodes{_estimated(ctx)}"
        fix = f"to pin, use node provisioner byo, select this label, and run: {_command(names, _pin(ctx))}"
        if ctx.inference is not None:
            fix = _as_replicas(ctx, len(names), estimate(ctx, tokens)) + fix
        if ctx.tuning is not None:  # which does not run under byo
            fix = "leave the nodes out; a tuning takes one node by instanceType and labelSelector"
        yield KG462.at(_PREFERRED, message, fix=fix, found=cut(", ".join(names)))


def label_line(ctx: RuleContext) -> str:
    """The line that puts the selected label on the nodes that are named under byo; empty where none are."""
    names = preferred_nodes(ctx.resource)
    return _command(names, _selected(ctx)) if ctx.byo and names else ""


def relabelling(ctx: RuleContext, before: list[str]) -> list[str]:
    """The lines that label the nodes that are named now, and take the label from those that no longer are.

    None of them where the labels are not for people to set, or where names alone say which nodes are used.
    """
    if not ctx.byo or ctx.has(versions.PREFERRED_NODES_READ) or not _can_be_set(ctx):
        return []
    names, labels = preferred_nodes(ctx.resource), _selected(ctx)
    added = [name for name in names if name not in before]
    removed = [name for name in before if name not in names]
    keys = " ".join(f"{pair.partition('=')[0]}-" for pair in labels.split())
    return [_command(some, label) for some, label in ((added, labels), (removed, keys)) if some]


def preferred_nodes(resource: Mapping[str, Json]) -> list[str]:
    """The names that a resource prefers; empty where it has none."""
    names = resource.get("preferredNodes")
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _estimated(ctx: RuleContext) -> str:
    return ", and its own estimate says how many it uses" if asks_for_estimate(ctx) else ""


def _under_byo(ctx: RuleContext, names: list[str]) -> Diagnostic:
    """Under byo the selector pins: with a label of the Workspace's own it does so, else nobody knows."""
    pinned_by, rule = _pinned_by(ctx), KG463
    if ctx.byo_nodes is not None and ctx.byo_nodes.pinned:
        labels = cut(",".join(f"{key}={value}" for key, value in ctx.match_labels.items()))
        message = f"KAITO {ctx.kaito} finds these nodes by {labels}, which they alone have, not by name"
        fix = "keep the labels on these nodes"
    elif pinned_by:
        # A label of the name alone is that of every Workspace of that name.
        unnamed = "" if text(ctx.metadata, "namespace") else " (no namespace)"
        label = f"{PIN_LABEL}={cut(pinned_by)}{unnamed}"
        message = f"KAITO {ctx.kaito} finds these nodes by the label {label}, not by name{_estimated(ctx)}"
        fix = f"run: {_command(names, f'{PIN_LABEL}={pinned_by}')}"
    else:
        rule, many = KG462, ", as many as its own estimate says" if asks_for_estimate(ctx) else ""
        message = f"KAITO {ctx.kaito} does not pin to preferredNodes: it takes any node that labelSelector matches{many}"
        fix = f"select a label that these nodes have and no others: {_command(names, _selected(ctx))}"
    return rule.at(_PREFERRED, message, fix=fix, found=cut(", ".join(names)))


def _shared_pin(ctx: RuleContext) -> Iterator[Diagnostic]:
    """A label of the Workspace's name alone: one of the same name in another namespace takes the same nodes."""
    pinned_by = _pinned_by(ctx)
    namespace = text(ctx.metadata, "namespace")
    own = pin(namespace, ctx.name)
    if not pinned_by or (pinned_by == own and namespace):
        return
    if namespace:
        message = f"{PIN_LABEL}={cut(pinned_by)} may belong to another Workspace: this one's own value is {cut(own)}"
        fix = f"select {_pin(ctx)} in a new Workspace; one that runs has to keep its selector"
        path = ("resource", "labelSelector", "matchLabels", PIN_LABEL)
        yield KG317.at(path, message, fix=fix, found=cut(pinned_by), expected=own)
    elif ctx.notes and pinned_by == own:
        message = (
            f"{PIN_LABEL}={cut(own)} is the label of each Workspace {cut(ctx.name)}, in whichever namespace"
        )
        yield KG317.at(_PREFERRED, message, fix="name the namespace in metadata", severity="note")


def _pinned_by(ctx: RuleContext) -> str:
    """The value of the label that kaitogen pins by; empty where the selector has none."""
    value = ctx.match_labels.get(PIN_LABEL)
    return value if isinstance(value, str) and _is_safe(value) else ""


def _selected(ctx: RuleContext) -> str:
    """The labels of the selector as kubectl takes them; the pin's where some are not for people to set."""
    if not _can_be_set(ctx):
        return _pin(ctx)
    return " ".join(f"{key}={value}" for key, value in ctx.match_labels.items())


def _can_be_set(ctx: RuleContext) -> bool:
    """Whether people may put all labels of the selector on nodes, by a line that a shell takes as it stands."""
    return bool(ctx.match_labels) and all(
        isinstance(value, str) and _is_safe(key, "._/-") and _is_safe(value) and not is_system_label(key)
        for key, value in ctx.match_labels.items()
    )


def _is_safe(text: str, more: str = "._-") -> bool:
    """Whether a shell takes the text as it stands: letters, digits, and these others behind the first."""
    return text[:1] not in more and not text.strip(_ASCII_LETTERS + more)


def _pin(ctx: RuleContext) -> str:
    value = pin(text(ctx.metadata, "namespace"), ctx.name)
    return f"{PIN_LABEL}={value if _is_safe(value) else 'NAME'}"


def _command(names: list[str], label: str) -> str:
    """A line to paste into a shell: names that no node can have are left out of it."""
    safe = [name for name in names if _is_safe(name)]
    nodes = " ".join(safe) if safe and len(safe) == len(names) else "NODE..."
    return f"kubectl label nodes {nodes} {label}"
