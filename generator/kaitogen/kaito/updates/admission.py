"""What an object is refused for whatever changes in it, and which of its fields are dropped on the way."""

from kaitogen.kaito import rules, versions
from kaitogen.kaito.objects import ConfigMaps, as_stored, has_null, is_of_kaito, part, text, without
from kaitogen.kaito.rules import RuleContext, adapters, api_server, identity
from kaitogen.kaito.updates.model import Item, Judgement
from kaitogen.kaito.updates.workspace import KG804, KG805, KG809, refused, selected
from kaitogen.model import Diagnostic, Json, Path
from kaitogen.typed import Iterable, Iterator, Mapping


def dropped(item: Item) -> list[Diagnostic]:
    """The fields that the API server drops without a word, since its schema does not know them."""
    if not is_of_kaito(item.data):
        return []
    return list(api_server.unknown_fields(as_stored(item.data), item.target))


def without_dropped(data: Json, lost: Iterable[Diagnostic]) -> Json:
    """An object as it is stored, without the fields that are dropped on the way."""
    for problem in lost:
        data = without(data, problem.path)
    return data


def creation_refused(item: Item, config_maps: ConfigMaps) -> Judgement | None:
    """Why the object cannot be created; None where it can. `config_maps` are those of the same side."""
    if not is_of_kaito(item.data):
        return None
    found = _by_api_server(item) or _by_rules(_kept(item, config_maps))
    # The same whatever order its fields come in.
    first = min(found, key=lambda one: (one.code, one.message), default=None)
    return None if first is None else Judgement("refused", first.message, first.rule)


def refusals(
    item: Item, after: Mapping[str, Json], config_maps: ConfigMaps
) -> Iterator[tuple[Path, Judgement]]:
    """Why every update to this object is refused, each with the field that is to blame.

    `after` is the object as it would be stored, `config_maps` are those of the same side.
    """
    if not is_of_kaito(item.data):
        return
    ctx = _kept(item, config_maps)
    found = _by_api_server(item)
    if found or not item.is_workspace:
        # Of its other kinds KAITO asks at an update all that it asks of a new object.
        for problem in found or _by_rules(ctx):
            yield problem.path, Judgement("refused", problem.message, problem.rule)
        return
    yield from _of_workspace(ctx)
    resource = part(after, "resource")
    if selected(part(resource, "labelSelector")) is None:
        why = "KAITO cannot compare a label selector with anything but In and one value, and so refuses every update"
        yield ("resource", "labelSelector"), refused(KG805, why)
    demanded = not ctx.byo and ctx.has(versions.STRICT_INSTANCE_TYPE)
    if resource and demanded and not text(resource, "instanceType"):
        yield ("resource", "instanceType"), refused(KG804, f"{ctx.provisioner} requires an instance type")


def _kept(item: Item, config_maps: ConfigMaps) -> RuleContext:
    """What KAITO's webhook gets to see of the object: nothing that was dropped before."""
    data = without_dropped(as_stored(item.data), dropped(item))
    return RuleContext(data, item.target, config_maps=config_maps)


def _by_api_server(item: Item) -> list[Diagnostic]:
    """What keeps the object from reaching KAITO's webhook; a field that is only dropped does not."""
    unknown = {problem.path for problem in dropped(item)}
    nulls = api_server.unread_nulls(item.data, item.target) if has_null(item.data) else ()
    by_decoder = (one for one in nulls if one.rule == api_server.KG402)
    found = [*by_decoder, *api_server.refused(as_stored(item.data), item.target)]
    return [one for one in found if one.rule.kind == "refused" and one.path not in unknown]


def _by_rules(ctx: RuleContext) -> list[Diagnostic]:
    return [one for one in rules.judge_object(ctx) if one.rule.kind == "refused"]


def _of_workspace(ctx: RuleContext) -> Iterator[tuple[Path, Judgement]]:
    """The few rules about a new Workspace that KAITO asks again at an update: R3, R40, R56, and U9, which it asks only there."""
    for problem in identity.judge(ctx):
        if problem.rule == identity.KG403:
            yield problem.path, Judgement("refused", problem.message, problem.rule)
    if ctx.inference and ctx.inference.get("adapters"):
        for problem in adapters.at_updates(ctx):
            if problem.rule != adapters.KG440:
                what = problem.message.partition(":")[0]
                yield (
                    adapters.ADAPTERS,
                    refused(KG809, f"{what}, and KAITO looks at all adapters at every update"),
                )
            else:
                yield adapters.ADAPTERS, Judgement("refused", problem.message, problem.rule, number="U8")
            return
    if ctx.tuning:
        from kaitogen.kaito.rules import tuning  # few tune

        for problem in tuning.judge(ctx):
            if problem.rule == tuning.KG456:
                yield problem.path, Judgement("refused", problem.message, problem.rule, number="U10")
