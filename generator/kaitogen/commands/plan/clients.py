"""The name of the model that clients send with a request, which vLLM refuses under any other."""

from kaitogen.commands.plan.types import PlannedWorkspace
from kaitogen.kaito.objects import part, text
from kaitogen.model import Json
from kaitogen.pipeline.companions import served_name


def model_of(planned: PlannedWorkspace) -> tuple[str, str]:
    """The name, and the ConfigMap that may say another; both empty for what serves no model of KAITO's.

    Of a finished object `spec` has the inference as it stands there.
    """
    spec, inference = planned.spec, planned.spec.inference or {}
    model = text(inference, "model") or text(part(inference, "preset"), "name")
    if not model:
        return "", ""
    config = text(inference, "config") or text(part(inference, "config"), "configMapName")
    if planned.finished:
        fleet: dict[str, Json] | None = None if planned.replicas is None else {}
        spec = spec._replace(inference={"model": model}, fleet=fleet)
    return served_name(spec), config
