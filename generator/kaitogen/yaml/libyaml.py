"""PyYAML's parser in C without PyYAML's Python half, which took a fifth of every start and does nothing here. It comes before all of PyYAML.

Running the package `yaml` imports its readers and writers in Python; of those the parser in C wants the classes of their
errors alone. So the package is made, and run only when somebody asks it for something else, as the client of Kubernetes
does; until its parser is loaded, stand-ins hold those classes. Where that cannot be done it is imported as always.
"""

import sys

from kaitogen.typed import TYPE_CHECKING, Any, Callable, Final, Iterator

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

#: Makes a module, as types.ModuleType does.
_module: Final = type(sys)
#: The modules of which the parser in C wants an error that says where the text goes wrong.
_MARKED: Final = ("scanner", "parser", "composer", "constructor", "emitter", "serializer", "representer")


def _load(spec: "ModuleSpec") -> None:
    """Make the package and load its parser in C; ImportError where it has none."""
    package: Any = _module("yaml")
    package.__spec__, package.__file__, package.__package__ = spec, spec.origin, "yaml"
    package.__path__ = spec.submodule_search_locations
    sys.modules["yaml"] = package
    for name in ("events", "nodes", "tokens"):
        __import__(f"yaml.{name}")
    from yaml.error import MarkedYAMLError, YAMLError

    class ReaderError(YAMLError):
        def __init__(self, name: str, position: int, character: int, encoding: str, reason: str) -> None:
            self.name, self.position, self.character = name, position, character
            self.encoding, self.reason = encoding, reason

    for name in _MARKED:
        error = type(f"{name.capitalize()}Error", (MarkedYAMLError,), {})
        setattr(package, name, _holding(error))
    package.reader = _holding(ReaderError)
    __import__("yaml._yaml")

    def run(name: str) -> Any:
        del package.__getattr__
        spec.loader.exec_module(package)  # type: ignore[union-attr]  # it is where `_yaml` was found
        return getattr(package, name)

    for name in ("reader", *_MARKED):
        delattr(package, name)
    package.__getattr__ = run


def _holding(error: type[Exception]) -> "ModuleType":
    module = _module(error.__name__)
    setattr(module, error.__name__, error)
    return module


def _found() -> "ModuleSpec | None":
    """Where the package is; None where it is loaded already. (As importlib finds it, whose import takes a fiftieth of a render.)"""
    if "yaml" in sys.modules:
        return None
    return next(filter(None, (finder.find_spec("yaml", None) for finder in sys.meta_path)), None)


def _parser() -> Callable[[str], Any]:
    spec = _found()
    try:
        if spec is not None:
            _load(spec)
        from yaml._yaml import CParser
    except ImportError:
        for name in [name for name in sys.modules if name.partition(".")[0] == "yaml"]:
            del sys.modules[name]
        from yaml import SafeLoader

        return SafeLoader
    return CParser


_make: Final = _parser()


def events(text: str) -> Callable[[], Any]:
    """A function that returns the next parser event of the text at each call; it raises yaml.error.YAMLError where that is none."""
    next_event: Callable[[], Any] = _make(text).get_event
    return next_event


def tokens(text: str) -> Iterator[Any]:
    """The tokens of the text; it raises yaml.error.YAMLError where that is no YAML."""
    scanner = _make(text)
    while scanner.check_token():
        yield scanner.get_token()
