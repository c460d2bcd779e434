"""`kaitogen plan`: what KAITO will do with the intents, and what vLLM will then probably have."""

from collections.abc import Callable
from typing import Final

from generator import reporting
from generator.adapters import wiring
from generator.adapters.options import Values
from generator.adapters.outcome import Outcome
from generator.adapters.terminal import colours
from generator.pipeline import generate
from generator.planning.gather import gather
from generator.planning.shapes import Fleet


def run(values: Values) -> Outcome:
    """Plan what the paths hold: the plan on standard output, the findings on standard error."""
    fleet = gather(generate(wiring.request(values)))
    strict = bool(values["strict"])
    code = reporting.exit_code(fleet.findings, strict=strict)
    shown = [one for one in fleet.findings if not values["quiet"] or reporting.stops(one, strict=strict)]
    said = reporting.text(shown, strict=strict, colour=colours(), wrote=False)
    written = _WRITERS[wiring.word(values["form"]) or "text"](fleet)
    return Outcome(written.encode("utf-8", "backslashreplace"), said, code)


def _text(fleet: Fleet) -> str:
    from generator.planning import as_text

    return as_text.write(fleet)


_WRITERS: Final[dict[str, Callable[[Fleet], str]]] = {"text": _text}
