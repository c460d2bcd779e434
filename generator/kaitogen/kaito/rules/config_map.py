"""Rules about a ConfigMap that a Workspace names and that is not in what is looked at."""

from kaitogen.kaito.rules.context import RuleContext, cut
from kaitogen.kaito.rules.identity import is_subdomain
from kaitogen.model import Diagnostic, Rule
from kaitogen.typed import Final, Iterator

KG441 = Rule("KG441", "The ConfigMap of the inference must exist beforehand", kind="refused", since="0.4",
             source="api/v1beta1/inference_config_validation.go:65@v0.12.0")  # fmt: skip
KG450 = Rule("KG450", "The ConfigMap of the tuning must exist beforehand", kind="refused", since="0.4",
             source="api/v1beta1/tuning_config_validation.go:274@v0.12.0")  # fmt: skip

_MUST_EXIST: Final = {"inference": KG441, "tuning": KG450}


def absent(ctx: RuleContext, workload: str, name: str) -> Iterator[Diagnostic]:
    """What KAITO's webhook makes of the config of "inference" or "tuning" that nothing here has: it asks the cluster (R41)."""
    path, rule = (workload, "config"), _MUST_EXIST[workload]
    if not is_subdomain(name):
        message = f"KAITO finds no ConfigMap {cut(name)}, since no ConfigMap can have that name"
        fix = "write the name of a ConfigMap: a-z, 0-9, - and ., at most 253 letters"
        yield rule.at(path, message, fix=fix, found=cut(name), expected="a DNS subdomain")
    elif ctx.notes:
        message = f"KAITO refuses this unless the ConfigMap {cut(name)} is already in the namespace"
        if ctx.config_maps is not None:
            message += ", and it is not in this output"
        fix = "apply the ConfigMap first, in an earlier sync wave"
        yield rule.at(path, message, fix=fix, found=cut(name), severity="note")
