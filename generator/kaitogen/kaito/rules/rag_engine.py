"""Rules about a RAGEngine: its embedding, the model that answers, and the node it runs on."""

import re

from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.skus import DEFAULT_INSTANCE_TYPE
from kaitogen.kaito.objects import number, part, text
from kaitogen.kaito.rules import resource, urls
from kaitogen.kaito.rules.context import RuleContext, cut
from kaitogen.model import Diagnostic, Json, Path, Rule
from kaitogen.typed import Final, Iterator

_VALIDATION: Final = "api/v1beta1/ragengine_validation.go@v0.12.0"
_EMBEDDING: Final = ("spec", "embedding")
_SERVICE: Final = ("spec", "inferenceService")
_COMPUTE: Final = ("spec", "compute")
#: A registry, a repository and a tag.
_IMAGE: Final = re.compile(r".+/[^:/]+:[^:/]+")

KG931 = Rule("KG931", "A RAGEngine without a spec", kind="refused", since="0.4", source=_VALIDATION)
KG932 = Rule("KG932", "The embedding is not one of local and remote", kind="refused", since="0.4",
             source=_VALIDATION)  # fmt: skip
KG933 = Rule("KG933", "A local embedding is not one of image and model", kind="refused", since="0.11",
             source=_VALIDATION)  # fmt: skip
KG934 = Rule("KG934", "An address that KAITO cannot parse", kind="refused", since="0.4", source=_VALIDATION)
KG935 = Rule("KG935", "The context window has no size above zero", kind="refused", since="0.7",
             source=_VALIDATION)  # fmt: skip
KG936 = Rule("KG936", "An instance type that no RAGEngine runs on", kind="refused", since="0.4",
             source=_VALIDATION)  # fmt: skip


def judge(ctx: RuleContext) -> Iterator[Diagnostic]:
    """What KAITO's webhook would say to the engine."""
    spec = part(ctx.workspace, "spec")
    if not spec:
        yield KG931.at((), "the webhook ends at a RAGEngine without a spec", fix="add spec with an embedding")
        return
    for problem in _embedding(part(spec, "embedding")):
        # Older webhooks look at what is inside the embedding too, and forget what they found.
        if problem.code == KG932.code or ctx.has(versions.EMBEDDING_CHECKED):
            yield problem
    service = part(spec, "inferenceService")
    if url := text(service, "url"):
        yield from _address(url, (*_SERVICE, "url"))
    window = number(service, "contextWindowSize")
    if window is not None and window <= 0:
        message, path = f"the context window has {window} tokens", (*_SERVICE, "contextWindowSize")
        yield KG935.at(path, message, fix="write the model's max-model-len", found=str(window))
    if compute := part(spec, "compute"):
        yield from _compute(compute, ctx)
    elif not isinstance(spec.get("compute"), dict) and not ctx.has(versions.RAG_WITHOUT_NODES):
        message = f"the webhook of KAITO {ctx.kaito} breaks down at a RAGEngine without compute"
        yield KG936.at(("spec",), message, fix="add compute with an instanceType and a labelSelector")


def _embedding(embedding: Json) -> Iterator[Diagnostic]:
    given = [key for key in ("local", "remote") if isinstance(embedding.get(key), dict)]
    if len(given) != 1:
        which = "both local and remote" if given else "neither local nor remote"
        fix = "keep one of local and remote"
        yield KG932.at(_EMBEDDING, f"the embedding is {which}", fix=fix, expected="local or remote")
        return
    if given == ["remote"]:
        yield from _address(text(part(embedding, "remote"), "url"), (*_EMBEDDING, "remote", "url"))
        return
    local = part(embedding, "local")
    image, model = text(local, "image"), text(local, "modelID")
    if bool(image) == bool(model):
        which = "both image and modelID" if image else "neither image nor modelID"
        message = f"the local embedding has {which}"
        yield KG933.at((*_EMBEDDING, "local"), message, fix="keep one of image and modelID")
    elif image and not _IMAGE.fullmatch(image):
        message = f"{cut(image)} is no image with a registry and a tag"
        path = (*_EMBEDDING, "local", "image")
        yield KG933.at(path, message, fix="write registry/repository:tag", found=cut(image))


def _address(url: str, path: Path) -> Iterator[Diagnostic]:
    if urls.parse(url) is None:
        message = f"{cut(url)} is no address" if url else "the address is empty"
        fix = "write the whole address, such as http://phi-4.inference/v1"
        yield KG934.at(path, message, fix=fix, found=cut(url))


def _compute(compute: Json, ctx: RuleContext) -> Iterator[Diagnostic]:
    if ctx.v1alpha1:
        compute = {"instanceType": DEFAULT_INSTANCE_TYPE, **compute}
    workspace = {"apiVersion": "kaito.sh/v1beta1", "kind": "RAGEngine", "resource": compute, "inference": {}}
    engine = RuleContext(workspace, ctx.target)
    for problem in resource.selector(engine):
        yield problem._replace(path=(*_COMPUTE, *problem.path[1:]))
    if engine.sku is not None or resource.admitted_by_prefix(engine):
        return
    name, near = engine.instance_type, resource.near_in_table(engine)
    right = near.name if near else ""
    if right and right.lower() == name.lower() and ctx.has(versions.INSTANCE_TYPE_IN_ANY_CASE):
        return
    message = f"{cut(name)} is not in KAITO's table" if name else "compute names no instanceType"
    fix = f"write {right}" if right else "take an instance type from kaitogen skus"
    yield KG936.at((*_COMPUTE, "instanceType"), message, fix=fix, found=cut(name), expected=right)
