"""Rules about tuning: what KAITO refuses, and what it admits and can never run."""

from collections.abc import Iterator, Mapping
from typing import Final

from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.models import is_tunable
from kaitogen.kaito.catalogue.skus import near_sku
from kaitogen.kaito.rules.context import Facts, cut, number, part, text
from kaitogen.kaito.rules.images import is_image, why_not
from kaitogen.kaito.rules.preset import wrong_name
from kaitogen.kaito.rules.resource import INSTANCE_TYPE, wrong_case
from kaitogen.model import Json, Path, Problem

_TUNING: Final = ("tuning",)
_METHODS: Final = ("lora", "qlora")
_HOSTS: Final = ("localhost", "metadata.google.internal", "metadata.google", "instance-data.ec2.internal")


def judge(facts: Facts) -> Iterator[Problem]:
    """R47 to R60 and the traps of tuning."""
    tuning = facts.tuning or {}
    count = number(facts.resource, "count")
    if count is not None and count > 1:
        message = f"tuning runs on one node, but count is {count}"
        yield Problem("KG447", "error", ("resource", "count"), message, "remove count", str(count), "1")
    if "partition" in facts.resource and facts.has(versions.PARTITIONS):
        message = "tuning does not run on a partition of a GPU"
        yield Problem("KG448", "error", ("resource", "partition"), message, "remove partition")
    yield from _preset(facts, tuning)
    yield from _method(facts, tuning)
    yield from _input(facts, tuning)
    yield from _output(facts, tuning)
    yield from _instance_type(facts)


def _preset(facts: Facts, tuning: Mapping[str, Json]) -> Iterator[Problem]:
    if "preset" not in tuning:
        message = "tuning names no preset, so KAITO does not know which model to tune"
        yield Problem("KG459", "error", _TUNING, message, "add preset with the name of a model")
    elif not facts.valid_preset:
        yield wrong_name(facts, ("tuning", "preset", "name"), "KG460")
    elif facts.has(versions.CATALOGUE) and not is_tunable(facts.preset or ""):
        message = f"KAITO admits it, but has no tuning parameters for {cut(facts.preset or '')}"
        advice = "tune a model of phi-3, phi-3.5-mini, phi-4 or qwen2.5-coder"
        yield Problem(
            "KG478", "error", ("tuning", "preset", "name"), message, advice, cut(facts.preset or "")
        )


def _method(facts: Facts, tuning: Mapping[str, Json]) -> Iterator[Problem]:
    method, config = text(tuning, "method"), text(tuning, "config")
    path = ("tuning", "method") if "method" in tuning else _TUNING
    if method.lower() not in _METHODS:
        message = f"method {cut(method)} is none that KAITO knows" if method else "tuning says no method"
        yield Problem("KG449", "error", path, message, "write lora or qlora", cut(method), "lora or qlora")
    elif method not in _METHODS and not config:
        message = (
            f"KAITO admits {cut(method)}, but finds its default settings only for the method in lower case"
        )
        yield Problem("KG479", "error", path, message, f"write {method.lower()}", cut(method), method.lower())
    if not config:
        return
    data = facts.config_map(config)
    if data is not None:
        from kaitogen.kaito.rules import tuning_config  # few bring a configuration of their own

        yield from tuning_config.judge(data, config, method.lower())
    elif facts.notes:
        message = f"KAITO refuses this unless the ConfigMap {cut(config)} is already in the namespace"
        advice = "apply the ConfigMap first, in an earlier sync wave"
        yield Problem("KG450", "note", ("tuning", "config"), message, advice, cut(config))


def _input(facts: Facts, tuning: Mapping[str, Json]) -> Iterator[Problem]:
    source, path = part(tuning, "input"), (*_TUNING, "input")
    given = [key for key in ("urls", "image", "volumeSource") if source.get(key)]
    if len(given) != 1:
        what = f"has {' and '.join(given)}" if given else "has none of urls, image and volumeSource"
        where = path if "input" in tuning else _TUNING
        message = f"the input of the tuning {what}"
        yield Problem(
            "KG455",
            "error",
            where,
            message,
            "give exactly one of them",
            "",
            "one of urls, image, volumeSource",
        )
    elif given == ["volumeSource"] and not facts.has(versions.TUNING_VOLUMES):
        message = f"KAITO {facts.kaito} does not take the input from a volume; that came with 0.5"
        yield Problem("KG455", "error", (*path, "volumeSource"), message, "give urls or an image")
    yield from _image(source, path)
    urls = source.get("urls")
    if facts.has(versions.TUNING_URLS_CHECKED) and isinstance(urls, list):
        for index, url in enumerate(urls):
            if why := _unreachable(url if isinstance(url, str) else ""):
                message = f"KAITO refuses the address {cut(str(url))}: {why}"
                yield Problem(
                    "KG457", "error", (*path, "urls", index), message, "give a public http or https address"
                )


def _image(source: Mapping[str, Json], path: Path) -> Iterator[Problem]:
    image = text(source, "image")
    if image and not is_image(image):
        message = f"{cut(image)} is no image reference"
        yield Problem(
            "KG456", "error", (*path, "image"), message, why_not(image), cut(image), "an image reference"
        )


def _output(facts: Facts, tuning: Mapping[str, Json]) -> Iterator[Problem]:
    target, path = part(tuning, "output"), (*_TUNING, "output")
    where = path if "output" in tuning else _TUNING
    given = [key for key in ("image", "volumeSource") if target.get(key)]
    if len(given) != 1:
        what = "both image and volumeSource" if given else "neither image nor volumeSource"
        message = f"the output of the tuning has {what}"
        yield Problem(
            "KG458", "error", where, message, "give exactly one of them", "", "image or volumeSource"
        )
    elif given == ["image"] and not text(target, "imagePushSecret"):
        message = "the output is an image, and no imagePushSecret says how to push it"
        yield Problem("KG458", "error", where, message, "add imagePushSecret", "", "imagePushSecret")
    elif given == ["volumeSource"] and not facts.has(versions.TUNING_VOLUMES):
        message = f"KAITO {facts.kaito} does not write the output to a volume; that came with 0.5"
        yield Problem("KG458", "error", (*path, "volumeSource"), message, "give an image")
    yield from _image(target, path)


def _instance_type(facts: Facts) -> Iterator[Problem]:
    name = facts.instance_type
    if facts.byo and facts.has(versions.STRICT_INSTANCE_TYPE):
        if not name:
            message = "tuning never starts under byo: KAITO looks its GPUs up by the instanceType, which byo forbids"
            yield Problem("KG476", "error", _TUNING, message, "tune under another node provisioner", "byo")
    elif name and facts.sku is None:
        near = near_sku(facts.provider, name)
        if near is not None and near.known_to(facts.minor) and near.name.lower() == name.lower():
            yield wrong_case(name, near.name)
        else:
            message = (
                f"{cut(name)} is not in KAITO {facts.kaito}'s table, where tuning looks up the number of GPUs"
            )
            advice = "take an instance type from kaitogen skus"
            yield Problem("KG480", "warning", INSTANCE_TYPE, message, advice, cut(name))


def _unreachable(url: str) -> str:
    """Why KAITO does not fetch from the address; empty where it does. Names are not resolved."""
    from urllib.parse import urlsplit  # only a tuning with urls needs it

    try:
        split = urlsplit(url)
        host = (split.hostname or "").lower()
    except ValueError:
        return "it cannot be parsed"
    if not host:
        return "it names no host"
    if split.scheme.lower() not in ("http", "https"):
        return "it is neither http nor https"
    if host in _HOSTS or host.endswith(".localhost"):
        return "the host is the machine or the cloud itself"
    return _private(host)


def _private(host: str) -> str:
    from ipaddress import IPv6Address, ip_address, ip_network  # only a tuning with urls needs it

    try:
        address = ip_address(host)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    private = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
    if address.is_loopback or address.is_link_local or any(address in ip_network(net) for net in private):
        return "the host is a loopback, private or link-local address"
    return ""
