"""The name of the model that clients send with a request, since vLLM refuses any other."""

from kaitogen.kaito.catalogue.models import find_model
from kaitogen.kaito.objects import text
from kaitogen.kaito.rules.config import KEY, settings_of
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.rules.layout import setting
from kaitogen.kaito.versions import SERVED_AS_SET
from kaitogen.kaito.vllm.command_line import word_of
from kaitogen.model import Json, Target
from kaitogen.typed import Mapping


def served_name(model: str, settings: Mapping[str, Json], target: Target, *, of_set: str = "") -> str:
    """The name in vLLM's settings, else that of the set `of_set` since 0.11, else the last part of the model's own.

    KAITO hands vLLM the settings after its own arguments, so a name there wins, and each as one word: `a b` is one name.
    """
    own = setting(settings, "served-model-name")
    if own is not None and (name := word_of(own)).strip():
        return name
    if of_set and target.has(SERVED_AS_SET):
        return of_set
    known = find_model(model)
    return (model if known is None else known.id).rpartition("/")[2].lower()


def name_and_source(ctx: RuleContext, *, of_set: str = "") -> tuple[str, str]:
    """The name that a Workspace's model is served by, and the ConfigMap that nobody has seen and that may say another one.

    Both are empty for what serves no model of KAITO's. Of a set it is the Workspace of a replica, and `of_set` its name.
    """
    if ctx.inference is None or ctx.preset is None:
        return "", ""
    config = "" if ctx.transformers else text(ctx.inference, "config")
    data = ctx.config_map(config)
    settings = settings_of(text(data or {}, KEY))
    return served_name(ctx.preset, settings, ctx.target, of_set=of_set), "" if data is not None else config
