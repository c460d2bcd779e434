"""From jsonschema's errors to one problem for each cause, said in a person's words."""

from itertools import islice

from kaitogen.diagnostics.wording import number_of
from kaitogen.model import Diagnostic, Path, Rule
from kaitogen.schema import KG120, KG121, KG122, KG123, KG124, KG125, advice
from kaitogen.schema.checks import types_of
from kaitogen.schema.places import Meant, meant_by
from kaitogen.schema.words import cut, kind, kinds, label, listed, shown, written
from kaitogen.typed import Any, Callable, Final, Iterator

#: How many problems of one document are told.
MAX_TOLD: Final = 50
#: How many errors of one value are looked at.
MAX_ERRORS: Final = 250

#: Of several errors at one place the first of these is told: the others follow from it, or come up next.
_ORDER: Final = ("type", "const", "enum", "minLength", "maxLength", "pattern", "not")
_BOUNDS: Final = {
    "minimum": ("at least {}", "write {} or more"),
    "maximum": ("at most {}", "write {} or less"),
}
_MAX_MESSAGE: Final = 140


def explained(file: str, errors: Iterator[Any]) -> list[Diagnostic]:
    """The problems behind the errors of one value, in their order; `file` is the schema's."""
    by_place: dict[Path, list[Any]] = {}
    for error in islice(errors, MAX_ERRORS):
        by_place.setdefault(tuple(error.absolute_path), []).append(error)
    more = next(errors, None) is not None
    unknown = [path for path, group in by_place.items() if group[0].validator == "additionalProperties"]
    # What is not told needs no guess, and a guess takes its time.
    meant = {
        path: meant_by(file, str(path[-1]), path[:-1], by_place[path][0].schema)
        for path in unknown[:MAX_TOLD]
    }
    empty = {
        path
        for path, group in by_place.items()
        if any(error.validator == "type" and error.instance is None for error in group)
    }
    for path, guess in meant.items():
        above = empty.intersection(guess.under) if guess else set()
        if guess and above and all(len(one) == len(path) for one in above):
            # One cause: what belongs under an empty field is not indented.
            meant[path] = guess._replace(fix=f"indent it: {guess.fix}")
            by_place = {place: group for place, group in by_place.items() if place not in above}
    # A misspelt field is not missing as well.
    there = {(*path[:-1], name) for path, guess in meant.items() if guess for name in guess.stands_for}
    problems: list[Diagnostic] = []
    for path, group in by_place.items():
        if path in meant:
            problems.append(_unknown(path, group[0], meant[path]))
        else:
            problems.extend(_at_one_place(path, group, there))
    rest = problems[MAX_TOLD:]
    if not rest:
        return problems
    count = f"{'more than ' if more else ''}{len(rest)} more problem{'s are' if len(rest) > 1 else ' is'} not shown"
    last = KG125.at(rest[0].path, count, fix="correct the others first")
    return [*problems[:MAX_TOLD], last]


def _at_one_place(path: Path, group: list[Any], there: set[Path]) -> Iterator[Diagnostic]:
    """What is told of the errors at one place: one, or one for each missing field."""
    missing = [error for error in group if error.validator == "required"]
    wrong_type = any(error.validator == "type" for error in group)
    if missing and not wrong_type:
        for error in missing:
            key, fields = error.message, error.schema.get("properties", {})
            if (*path, key) not in there:
                yield _problem(KG121, path, f"{key} is missing", advice.add(key, fields.get(key, {})))
        return
    first = min(group, key=_rank)
    yield _TOLD.get(first.validator, _other)(path, first)


def _rank(error: Any) -> int:
    return _ORDER.index(error.validator) if error.validator in _ORDER else len(_ORDER)


def _problem(
    rule: Rule, path: Path, message: str, fix: str = "", found: str = "", expected: str = ""
) -> Diagnostic:
    return rule.at(path, cut(message, _MAX_MESSAGE), fix=fix, found=found, expected=cut(expected, 200))


#: What people look for in an intent, since every pod has it, other tools have it, or a set of intents.
_OF_PODS: Final = frozenset(("affinity", "env", "nodeSelector", "resources", "tolerations", "volumes"))


def _unknown(path: Path, error: Any, meant: Meant | None) -> Diagnostic:
    key, known = str(path[-1]), list(error.schema.get("properties", {}))
    message = f"unknown field {shown(key)}"
    if key in ("gpus", "gpuCount") and path[0] == "spec" and "partition" not in path:
        fix = "remove it: the instance type says how many GPUs a node has (kaitogen skus lists them)"
        return _problem(KG120, path, message, fix)
    if meant:
        return _problem(KG120, path, message, advice.rename(meant.fix, error.instance.get(key), error.schema))
    fix = f"remove it, or write one of {', '.join(known)}" if known else "remove it"
    if key in _OF_PODS and path[0] == "spec":
        fix = "KAITO makes the pods of a preset itself, and has no field for it; a pod of your own is inference.template"
    elif key in ("defaults", "workspaces") and len(path) == 2 and "inference" in known:
        fix = "that is a field of sets: write kind: WorkspaceIntentSet"
    return _problem(KG120, path, message, cut(fix, 200))


def _type(path: Path, error: Any) -> Diagnostic:
    wanted = types_of(error.schema)
    found, expected = kind(error.instance), kinds(wanted)
    if len(wanted) > 1:  # only some text, say, of which the types alone say nothing
        expected = error.schema.get("x-expected", expected)
    fix = advice.retype(path, error.instance, wanted, error.schema)
    return _problem(KG122, path, f"{label(path)} must be {expected}, not {found}", fix, found, expected)


def _const(path: Path, error: Any) -> Diagnostic:
    wanted = written(error.validator_value)
    fix = f"write {path[-1]}: {wanted}" if path and isinstance(path[-1], str) else f"write {wanted}"
    return _problem(KG123, path, f"{label(path)} must be {wanted}", fix, _found(error), wanted)


def _choice(path: Path, error: Any) -> Diagnostic:
    """An `enum`, or a pattern that stands for a few words."""
    choices = [choice for choice in advice.choices(error.schema) if choice is not None]
    said = "this" if _secret(error) else shown(error.instance)
    message = f"{label(path)} can't be {said or 'empty'}"
    expected = listed([written(choice) for choice in choices])
    fix = advice.choose(error.instance, choices)
    if newest := advice.newer_than(error.instance, choices):
        message += f", which is newer than what this kaitogen knows (up to {newest})"
        fix = f"upgrade kaitogen, or {fix}"
    return _problem(KG123, path, message, fix, _found(error), expected)


def _form(path: Path, error: Any) -> Diagnostic:
    """Text of the wrong form: a pattern is told in the schema's own words and never as it stands."""
    if "x-choices" in error.schema:
        return _choice(path, error)
    expected = error.schema.get("x-expected", "")
    message = (
        f"{label(path)} must be {expected}" if expected else f"{label(path)} has a form that is not allowed"
    )
    if len(message) > _MAX_MESSAGE:
        message = f"{label(path)} must be {expected.partition(':')[0]}"
    return _problem(
        KG124, path, message, advice.reform(error.instance, error.schema), _found(error), expected
    )


def _length(path: Path, error: Any) -> Diagnostic:
    size, limit = len(error.instance), error.validator_value
    expected = error.schema.get("x-expected", "")
    if error.validator == "minLength" and not size:
        return _problem(KG124, path, f"{label(path)} is empty", "give it a value", "", expected)
    bound = "at most" if error.validator == "maxLength" else "at least"
    message = f"{label(path)} has {size} characters; it must have {bound} {limit}"
    fix = advice.reform(error.instance, error.schema)
    if path[-2:] == ("metadata", "name") and bound == "at most":
        # The rules on what KAITO makes of it are narrower than the schema.
        fix = "shorten it to 52 characters, or to 46 where it has replicas"
    return _problem(KG124, path, message, fix, _found(error), expected)


def _bound(path: Path, error: Any) -> Diagnostic:
    expected, fix = (text.format(error.validator_value) for text in _BOUNDS[error.validator])
    return _problem(KG124, path, f"{label(path)} must be {expected}", fix, _found(error), expected)


def _size(path: Path, error: Any) -> Diagnostic:
    """Too few or too many items or fields."""
    if expected := error.schema.get("x-expected", ""):
        return _problem(KG125, path, f"{label(path)} must be {expected}", "keep one of the two", "", expected)
    if not error.instance:
        needed = path == ("spec", "workspaces")  # of a set, which is none without it
        fix = "add an entry for each Workspace" if needed else "fill it in, or remove it"
        return _problem(KG124, path, f"{label(path)} is empty", fix)
    has = number_of(len(error.instance), "item" if error.validator.endswith("Items") else "field")
    bound = "at most" if error.validator.startswith("max") else "at least"
    message = f"{label(path)} has {has}; it must have {bound} {error.validator_value}"
    return _problem(KG124, path, message)


def _repeated(path: Path, error: Any) -> Diagnostic:
    """An item that was there before; the path is the second one's."""
    message = f"{shown(error.instance)} is listed twice"
    return _problem(KG125, path, message, "remove one of the two")


def _key(path: Path, error: Any) -> Diagnostic:
    """A key of the wrong form."""
    cause = min(error.context, key=_rank)
    told = _TOLD.get(cause.validator, _other)(path, cause)
    return told._replace(message=cut(f"the key {told.message}", _MAX_MESSAGE))


def _other(path: Path, error: Any) -> Diagnostic:
    if error.validator == "not" or "x-expected" in error.schema:
        return _form(path, error)
    return _problem(KG125, path, f"{label(path)} does not conform to the schema ({error.validator})")


def _secret(error: Any) -> bool:
    return bool(error.schema.get("x-sensitive"))


def _found(error: Any) -> str:
    """The value as found, unless it may be a secret or is no single value."""
    return "" if _secret(error) or isinstance(error.instance, dict | list) else shown(error.instance)


_TOLD: Final[dict[str, Callable[[Path, Any], Diagnostic]]] = {
    "type": _type,
    "const": _const,
    "enum": _choice,
    "pattern": _form,
    "not": _form,
    "minLength": _length,
    "maxLength": _length,
    **dict.fromkeys(_BOUNDS, _bound),
    **dict.fromkeys(("minItems", "maxItems", "minProperties", "maxProperties"), _size),
    "uniqueItems": _repeated,
    "propertyNames": _key,
}
