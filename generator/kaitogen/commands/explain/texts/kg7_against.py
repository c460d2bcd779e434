"""Explanation of KG730: a plan that is held against a revision which could not be planned whole."""

from typing import Final

from kaitogen.commands.explain.texts.shapes import INTENT_FILE, RIGHT, Example, Explanation

_COMMIT: Final = "git init -q . && git add . && git -c user.name=me -c user.email=me@example.com commit -q --no-gpg-sign -m first"
_CORRECT: Final = f"sed 's/instanceTyp:/instanceType:/' {INTENT_FILE} > right && mv right {INTENT_FILE}"
_PLAN: Final = "kaitogen plan --against HEAD ."

AGAINST: Final = (
    Explanation(
        "KG730",
        "warning",
        "The intents of the revision had errors",
        "A plan against a revision compares what the intents make now with what they made then. What had an error then "
        "made nothing, so that it counts as new, and the difference is larger than what really changes.",
        "Compare with a revision whose intents are valid.",
        Example(
            {INTENT_FILE: RIGHT.replace("instanceType:", "instanceTyp:")}, _PLAN, f"{_COMMIT}\n{_CORRECT}"
        ),
        Example({INTENT_FILE: RIGHT}, _PLAN, _COMMIT),
    ),
)
