"""Models by any name that KAITO takes, and which names it takes in which version."""

from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.models_data import MODELS, SHORT_NAMES
from kaitogen.typed import Iterator, NamedTuple


class Model(NamedTuple):
    """One model of KAITO's catalogue.

    `id` is the Hugging Face id as its owner writes it, `aliases` the short preset names.
    `weights_text` is the size of the weight files as KAITO writes it ("27.31Gi"), `weights`
    the same in bytes. `bytes_per_token` is the KV cache of one token over the whole model,
    `token_limit` the longest context in tokens, `disk` what a node needs in GiB.
    `transformers`: runs on that runtime too; `tunable`: has working tuning parameters; `gated`:
    Hugging Face wants a token. `since` is the first minor version with a preset for it,
    `catalogued` the first one that knows its sizes by Hugging Face id without asking.
    """

    id: str
    aliases: tuple[str, ...]
    weights_text: str
    weights: int
    bytes_per_token: int
    token_limit: int
    attention: str
    quantization: str
    license: str
    disk: int
    transformers: bool
    tunable: bool
    gated: bool
    since: int
    catalogued: int


class ShortName(NamedTuple):
    """A short preset name, which the minor versions from `since` on and before `removed` (0: still there) take.

    `id` is the model that it means, in lower case; `downloaded` says that its weights were not baked into the image.
    """

    id: str
    since: int
    removed: int
    downloaded: bool

    def taken(self, minor: int) -> bool:
        """Whether KAITO 0.`minor` takes it."""
        return self.since <= minor and (self.removed == 0 or minor < self.removed)


#: Those that were asked for: thousands of Workspaces hold a few models once.
_found: dict[str, Model] = {}


def find_model(name: str) -> Model | None:
    """The model behind a short name or Hugging Face id in any letter case; None where the catalogue has none."""
    key = name.lower()
    if key in SHORT_NAMES:
        key = SHORT_NAMES[key][0]
    if key not in _found and key in MODELS:
        _found[key] = Model._make(MODELS[key])
    return _found.get(key)


def sized_model(name: str, minor: int) -> Model | None:
    """The same with the sizes that KAITO 0.`minor` counts with, which before 0.11 were some others."""
    model = find_model(name)
    short = built_in(name, minor) if versions.WEIGHTS_PUBLISHED.holds(minor) else None
    if short is None:
        return model
    from kaitogen.kaito.catalogue import former_models as former  # most runs are for a newer KAITO

    if model is None:
        return former.GONE.get(short.id)
    if versions.DEEPSEEK_CACHE_BY_HEADS.holds(minor) and name in former.DEEPSEEK:
        return model._replace(bytes_per_token=former.DEEPSEEK_PER_TOKEN)
    own = next((former.SIZES[alias] for alias in (name, *model.aliases) if alias in former.SIZES), None)
    if own is None:
        return model
    return model._replace(weights_text=own[0], weights=own[1], bytes_per_token=own[2])


def find_short(name: str) -> ShortName | None:
    """A short name in any letter case."""
    row = SHORT_NAMES.get(name.lower())
    return None if row is None else ShortName._make(row)


def built_in(name: str, minor: int) -> ShortName | None:
    """The built-in preset that a name means before the catalogue (0.10 and older); None for anything else.

    0.9 and 0.10 take the Hugging Face ids of their built-in presets for them.
    """
    if not versions.BUILT_IN_PRESETS.holds(minor):
        return None
    if "/" not in name:
        short = find_short(name)
        return short if short is not None and short.taken(minor) else None
    if versions.IDS_OF_BUILT_IN_PRESETS.holds(minor):
        meant = (short for short in short_names(minor).values() if short.id == name.lower())
        return next(meant, None)
    return None


def is_preset(name: str, minor: int) -> bool:
    """Whether KAITO 0.`minor` takes the name for a preset; letter case counts as it does there."""
    if "/" in name:
        owner, _, rest = name.partition("/")
        return versions.HUGGING_FACE_IDS.holds(minor) and bool(owner and rest)
    key = name.lower()
    short = find_short(key)
    if short is None or not short.taken(minor):
        return False
    return key == name or versions.CATALOGUE.holds(minor)


def is_catalogued(name: str, minor: int) -> bool:
    """Whether KAITO 0.`minor` needs no network to size the model of that name."""
    if not versions.HUGGING_FACE_IDS.holds(minor) or built_in(name, minor) is not None:
        return True
    model = find_model(name)
    return model is not None and model.catalogued <= minor


def short_names(minor: int) -> dict[str, ShortName]:
    """The short names that KAITO 0.`minor` takes, sorted, with what each stands for."""
    return {name: short for name, short in all_short_names() if short.taken(minor)}


def names_with_ids(minor: int) -> Iterator[tuple[str, str]]:
    """All that an intent may call a model of the catalogue, each with the model's id: first short names, then ids."""
    yield from ((name, short.id) for name, short in short_names(minor).items())
    yield from ((model.id, model.id) for model in all_models() if model.catalogued <= minor)


def all_short_names() -> Iterator[tuple[str, ShortName]]:
    """Every short name of any version, sorted, with what it stands for."""
    return ((name, ShortName._make(row)) for name, row in SHORT_NAMES.items())


def all_models() -> Iterator[Model]:
    """Every model of the catalogue, in the order of ids without regard to case."""
    return (Model._make(row) for row in MODELS.values())


def has_transformers(name: str) -> bool:
    """Whether KAITO 0.11+ has a transformers entry for a name."""
    return any(model.transformers for model in _known_as(name))


def is_tunable(name: str) -> bool:
    """Whether KAITO 0.11+ has tuning parameters for a name."""
    return any(model.tunable for model in _known_as(name))


def _known_as(name: str) -> list[Model]:
    """The model of that name; where there is none, all whose id ends so, since KAITO compares the last part alone."""
    model = find_model(name)
    if model is not None:
        return [model]
    last = name.rpartition("/")[2].lower()
    return [Model._make(row) for key, row in MODELS.items() if key.rpartition("/")[2] == last]
