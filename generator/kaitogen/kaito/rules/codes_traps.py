"""Explanations of the codes from KG464 on for what KAITO admits and what then never works."""

from typing import Final

from kaitogen.kaito.rules.code import Code

_ALL: Final = "0.4 to 0.12"
_UPDATES: Final = (
    "KAITO checks this only when the Workspace is updated. It admits the Workspace today and then refuses every later "
    "update, the annotations that its own controller writes included."
)

TRAPS: Final = (
    Code(
        "KG464",
        "refused",
        "Fewer preferredNodes than count under byo",
        "In 0.7 alone the webhook wants as many preferred nodes as count where the user brings the nodes, although its "
        "controller then takes any node that the selector matches. Where no count is written the CRD makes it 1, so "
        "that one node at least must be named.",
        "Name as many nodes as count says, and one at least.",
        "",
        "0.7",
    ),
    Code(
        "KG465",
        "can't work",
        "More nodes than KAITO 0.11 allows",
        "0.11 stops with the event NodeCountExceedsLimit when a Workspace would take more than three nodes, by its "
        "own estimate or, for templates and transformers, by count. 0.12 has no such limit.",
        "Take a larger instance type or a smaller max-model-len.",
        "",
        "0.11",
    ),
    Code(
        "KG466",
        "can't work",
        "KAITO's estimate of nodes fails",
        "The estimate takes 84 % of a GPU, less 2.3 GiB and the cache for the context; where nothing is left it fails, "
        "the number of nodes stays 0, and the Workspace waits for ever although its resources count as ready. A mig "
        "slice must hold the whole model, and before 0.11 many models ran on one node only.",
        "Take GPUs with more memory, or a smaller max-model-len.",
        "",
        "0.7 to 0.12",
    ),
    Code(
        "KG470",
        "can't work",
        "The name is too long for what KAITO makes of it",
        "The webhook accepts 63 characters. The StatefulSet of that name labels its pods <name>-<hash>, and a label "
        "holds 63, which leaves 52 for the name; its headless Service leaves 54. Up to 0.7 most Workspaces became a "
        "Deployment, so there it is a warning.",
        "Shorten the name to 52 characters.",
        "",
        _ALL,
    ),
    Code(
        "KG471",
        "can't work",
        "The name begins with a digit",
        "The webhook accepts it, but KAITO makes a Service of the same name, and the name of a Service must begin with "
        "a letter.",
        "Begin the name with a letter.",
        "",
        _ALL,
    ),
    Code(
        "KG472",
        "can't work",
        "The instance type is in the wrong letter case",
        "Since 0.10 the webhook ignores the case of instanceType, but the controller compares the label of the nodes "
        "with it exactly. The nodes come and are never counted.",
        "Write the instance type as the cloud does.",
        "",
        "0.10 to 0.12; for tuning and what Standard_N lets pass, 0.4 to 0.12",
    ),
    Code(
        "KG473",
        "can't work",
        "A preset on an instance type outside the table",
        "On azure anything that begins with Standard_N or Standard_D is admitted. The estimate of nodes for a preset "
        "then finds no GPUs in the table and fails every time. Templates do not need the estimate.",
        "Take an instance type of the table, or use a template.",
        "",
        "0.7 to 0.12",
    ),
    Code(
        "KG475",
        "can't work",
        "A tuning's selector that blocks every update",
        "For tuning the selector is not checked when the Workspace is created. Every update converts the old and the "
        "new selector, fails, and is refused, the controller's own included.",
        "Write matchLabels.",
        "",
        _ALL,
    ),
    Code(
        "KG476",
        "can't work",
        "Tuning under byo",
        "The controller looks up the GPUs of a tuning by instanceType in its table, and byo forbids the field.",
        "Tune where KAITO provisions the nodes.",
        "",
        "0.8 to 0.12",
    ),
    Code(
        "KG478",
        "can't work",
        "The model has no tuning parameters",
        "The webhook does not ask whether a model can be tuned. Only phi-3, phi-3.5-mini, phi-4 and qwen2.5-coder have "
        "parameters that work; mistral-7b-v0.3 is listed, but looking it up breaks down.",
        "Tune one of those models.",
        "",
        "0.11 to 0.12",
    ),
    Code(
        "KG479",
        "can't work",
        "The method's letter case hides its default settings",
        "The webhook ignores the case of method, but the default ConfigMap is looked up by the word as written. "
        "Without a config of its own the tuning finds none.",
        "Write lora or qlora in lower case.",
        "",
        _ALL,
    ),
    Code(
        "KG487",
        "can't work",
        "An empty vllm section breaks the server",
        "The webhook accepts vllm: with nothing below it, but the program that starts the server expects a mapping "
        "and stops.",
        "Remove the key, or give an option.",
        "",
        "0.12",
    ),
    Code(
        "KG491",
        "can't work",
        "An adapter's name blocks every update",
        f"{_UPDATES} The name must be there and be a DNS subdomain.",
        "Name the source with a-z, 0-9, - and .",
        "",
        _ALL,
    ),
    Code(
        "KG492",
        "can't work",
        "An adapter's source blocks every update",
        f"{_UPDATES} It wants exactly one of image and volumeSource (before 0.10 an image), and no urls.",
        "Give one image or, since 0.10, one volumeSource.",
        "",
        _ALL,
    ),
    Code(
        "KG493",
        "can't work",
        "An adapter's image blocks every update",
        f"{_UPDATES} The image must be a reference that a registry client can parse, its repository in lower case.",
        "Write registry/repository:tag.",
        "",
        _ALL,
    ),
    Code(
        "KG494",
        "can't work",
        "An adapter's strength blocks every update",
        f"{_UPDATES} The strength must be a number from 0 to 1.",
        'Write a number such as "0.5".',
        "",
        _ALL,
    ),
)
