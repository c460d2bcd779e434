"""Explanations of KG501 to KG507: templates of the user's own."""

from typing import Final

from kaitogen.commands.explain.texts.shapes import INTENT_FILE, RIGHT, Example, Explanation

_COMMAND: Final = f"kaitogen render --templates templates {INTENT_FILE}"
_OBJECT: Final = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ name }}\n"


def _template(text: str) -> Example:
    return Example({INTENT_FILE: RIGHT, "templates/documents/own.yaml.j2": text}, _COMMAND)


_RIGHT: Final = _template(_OBJECT)

TEMPLATES: Final = (
    Explanation(
        "KG501",
        "invalid",
        "A template that Jinja2 cannot read",
        "The template has a tag that is not closed, or that Jinja2 does not know. Nothing is rendered before every "
        "template in use can be read.",
        "Correct the template at the line that the finding names.",
        _template(_OBJECT + "{% if namespace %}\n"),
        _template(_OBJECT + "{% if namespace is defined %}{% endif %}\n"),
    ),
    Explanation(
        "KG502",
        "invalid",
        "A template that does not exist",
        "include, import and extends find templates in the folder of --templates and among the shipped ones, by their "
        "path below it. No other file can be reached.",
        "Check the name.",
        _template(_OBJECT + '{% include "labels.yaml.j2" %}\n'),
        Example(
            {
                INTENT_FILE: RIGHT,
                "templates/documents/own.yaml.j2": _OBJECT + '{% include "labels.yaml.j2" %}\n',
                "templates/labels.yaml.j2": "  labels: {made-by: us}\n",
            },
            _COMMAND,
        ),
    ),
    Explanation(
        "KG503",
        "invalid",
        "A template that takes too much",
        "Templates run in a process of their own with limits on time, memory and the size of what they make, so that "
        "one that never ends cannot hold up a shared machine. A template that includes itself meets them, as do loops "
        "over millions.",
        "Make the template smaller; look for one that includes itself.",
        _template(_OBJECT + '{% include "documents/own.yaml.j2" %}\n'),
        _RIGHT,
    ),
    Explanation(
        "KG504",
        "invalid",
        "A template that uses a name that nothing is known of",
        "A name that is not in the vocabulary of the templates is most likely a typing error. Jinja2 would put nothing "
        "in its place, and the mistake would only be seen in the cluster.",
        "Use a name of the vocabulary, or test it with `is defined`.",
        _template(_OBJECT + "  labels: {model: {{ modle }}}\n"),
        _RIGHT,
    ),
    Explanation(
        "KG505",
        "invalid",
        "A template that reaches for Python's insides",
        "Templates may come from people who may not run code where kaitogen runs, so they are filled in inside a "
        "sandbox: they see values, and neither attributes with underscores nor methods that change things.",
        "Use values and filters alone.",
        _template(_OBJECT + "  labels: {model: {{ name.__class__.__mro__ }}}\n"),
        _RIGHT,
    ),
    Explanation(
        "KG506",
        "invalid",
        "A template that fails while it is filled in",
        "An expression of the template went wrong: a division by zero, a sum of text and number, a filter that was "
        "given something else than it takes.",
        "Correct the template at the line that the finding names.",
        _template(_OBJECT + "  labels: {model: {{ 1 // 0 }}}\n"),
        _RIGHT,
    ),
    Explanation(
        "KG507",
        "invalid",
        "A template that makes no Kubernetes object",
        "What the templates make is read back before anything is written. It must be YAML, and each document a mapping "
        "with apiVersion, kind and metadata.name.",
        "Correct the template.",
        _template("apiVersion: v1\nkind: ConfigMap\n"),
        _RIGHT,
    ),
)
