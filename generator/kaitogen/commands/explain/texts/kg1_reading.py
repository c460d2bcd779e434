"""Explanations of KG101 to KG114: what is wrong with a file, or with how it is written."""

from typing import Final

from kaitogen.commands.explain.texts.shapes import INTENT_FILE, RIGHT, Example, Explanation, placed, text

_RIGHT: Final = text(RIGHT)
_LABELLED: Final = (
    "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntent\nmetadata:\n  name: phi-4\n  labels:\n    {}\nspec:\n"
    "  placement: {{instanceType: Standard_NC24ads_A100_v4}}\n  inference: {{model: phi-4}}\n"
)
_SHARED: Final = (
    "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: all}\nspec:\n"
    "  defaults:\n    spec:\n      placement: {instanceType: Standard_NC24ads_A100_v4}\n"
    "  workspaces:\n    - metadata: {name: phi-4}\n      spec: {inference: {model: phi-4}}\n"
)


def _label(line: str) -> Example:
    return text(_LABELLED.format(line))


READING: Final = (
    Explanation(
        "KG101",
        "invalid",
        "The file is not UTF-8",
        "YAML for Kubernetes is UTF-8, and kaitogen guesses no other encoding: a wrong guess would change names and "
        "labels without a word. Editors on Windows may save as Latin-1 or UTF-16.",
        "Save the file as UTF-8.",
        Example({}, f"kaitogen validate {INTENT_FILE}", f"printf 'metadata: {{name: phi\\351}}\\n' > {INTENT_FILE}"),
        _RIGHT,
    ),
    Explanation(
        "KG102",
        "invalid",
        "The text is not YAML",
        "The text breaks YAML's own rules at this place: a bracket or a quote that is not closed, a tab for indentation, "
        "a line that does not line up. Nothing behind the place can be trusted, so the rest of the file is not read.",
        "Look at the line and the one above it: indentation, quotes, brackets and colons.",
        placed("  inference: {model: phi-4\n"),
        _RIGHT,
    ),
    Explanation(
        "KG103",
        "invalid",
        "A key stands twice in one mapping",
        "YAML forbids it, and readers that allow it silently drop one of the two values. Which one differs.",
        "Remove one of the two.",
        placed("  inference:\n    model: phi-4\n    model: phi-4-mini-instruct\n"),
        placed("  inference:\n    model: phi-4-mini-instruct\n"),
    ),
    Explanation(
        "KG104",
        "invalid",
        "An alias that leads nowhere, to itself, or to far too much",
        "An alias (*name) repeats the value of an anchor (&name) that stands completely before it. A few lines of "
        "aliases to aliases can stand for billions of values, so what they expand to is counted.",
        "Define the anchor first, or write the value out.",
        placed("  inference: {model: *model}\n"),
        text(RIGHT.replace("{name: phi-4}", "{name: &model phi-4}").replace("{model: phi-4}", "{model: *model}")),
    ),
    Explanation(
        "KG105",
        "invalid",
        "A tag or a merge key, which are not read",
        "Tags (!!int, !Ref) and merge keys (<<) mean something to some YAML readers and nothing to others; YAML 1.2 has "
        "no merge keys at all. The same file must mean the same to every tool in the chain.",
        "Remove the tag; for values that several workspaces share, write a WorkspaceIntentSet with spec.defaults.",
        placed("  inference: !preset {model: phi-4}\n"),
        text(_SHARED),
    ),
    Explanation(
        "KG106",
        "invalid",
        "A key that is not text",
        "Keys of Kubernetes objects are text. To a YAML reader an unquoted 8080 or true is a number or a boolean, and a "
        "mapping or a list can be a key as well.",
        "Quote the key.",
        _label('8080: "yes"'),
        _label('"8080": "yes"'),
    ),
    Explanation(
        "KG107",
        "invalid",
        "A plain value that YAML readers take for different things",
        "no, on and y are booleans in YAML 1.1 and text in YAML 1.2; 0042 is octal to one and decimal to the other; .nan "
        "and whole numbers over 64 bits do not survive JSON. kaitogen does not choose for you.",
        "Quote it if it is text; else write true, false or a plain number.",
        _label("public: no"),
        _label('public: "no"'),
    ),
    Explanation(
        "KG108",
        "invalid",
        "Nested too deep, or too many values",
        "No intent is nested a hundred levels deep or has 800,000 values. The limits keep a broken or hostile file from "
        "taking all time and memory of a shared machine such as the repo server of Argo CD.",
        "Flatten the document, or split the file.",
        placed(f"  inference: {'[' * 101}{']' * 101}\n"),
        _RIGHT,
    ),
    Explanation(
        "KG109",
        "invalid",
        "Larger than 16 MiB",
        "A file of intents has some kilobytes; ten thousand of them fit into 16 MiB. What is larger is most likely "
        "something else, and is not read at all.",
        "Split the file, or name the right one.",
        Example({}, f"kaitogen validate {INTENT_FILE}", f"head -c 16777217 /dev/zero | tr '\\0' ' ' > {INTENT_FILE}"),
        _RIGHT,
    ),
    Explanation(
        "KG110",
        "invalid",
        "A folder without intent files",
        "In a folder kaitogen reads intent.yaml, intent.yml, *.intent.yaml and *.intent.yml, at any depth, and nothing "
        "else. Neither hidden folders nor folders behind links are entered. A folder that has none is most likely not "
        "the one that was meant.",
        "Rename the files so, or name them one by one.",
        Example({"phi-4.yaml": RIGHT}, "kaitogen validate ."),
        Example({INTENT_FILE: RIGHT}, "kaitogen validate ."),
    ),
    Explanation(
        "KG111",
        "invalid",
        "Not a regular file",
        "Pipes, sockets and devices may never end or may block for ever, so kaitogen reads regular files only, and "
        "standard input where - is named.",
        "Name a file, or pipe the text in and name -.",
        Example({}, f"kaitogen validate {INTENT_FILE}", f"mkfifo {INTENT_FILE}"),
        Example({INTENT_FILE: RIGHT}, f"kaitogen validate - < {INTENT_FILE}"),
    ),
    Explanation(
        "KG112",
        "invalid",
        "A symbolic link that leads out of the folder",
        "A folder that came from a repository may hold a link to any file of the machine. kaitogen does not follow one "
        "that leaves the folder it was asked to read, so that no foreign file is ever shown in a finding.",
        "Copy the file, or name it on the command line.",
        Example({INTENT_FILE: RIGHT}, "kaitogen validate team", f"mkdir team && ln -s ../{INTENT_FILE} team/"),
        Example({INTENT_FILE: RIGHT}, "kaitogen validate team", f"mkdir team && cp {INTENT_FILE} team/"),
    ),
    Explanation(
        "KG113",
        "invalid",
        "A document that is no mapping",
        "An intent is a mapping with apiVersion, kind, metadata and spec, as every Kubernetes object is. A list of "
        "intents is written as several documents with --- between them, or as a WorkspaceIntentSet.",
        "Start the document with apiVersion and kind.",
        text("- model: phi-4\n- model: phi-4-mini-instruct\n"),
        _RIGHT,
    ),
    Explanation(
        "KG114",
        "invalid",
        "A document of another kind among intents",
        "Files named as intents are turned into Workspaces as a whole, so a Deployment or a finished Workspace there "
        "would be lost without a word. (validate passes over other kinds in files that are not named as intents.)",
        "Keep other kinds in files of their own.",
        Example({INTENT_FILE: "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"}, "kaitogen render ."),
        Example({INTENT_FILE: RIGHT, "web.yaml": "apiVersion: apps/v1\nkind: Deployment\n"}, "kaitogen render ."),
    ),
)  # fmt: skip
