"""Explanations of KG430 to KG446: what an inference runs, its adapters and its configuration."""

from typing import Final

from kaitogen.kaito.rules.code import Code

_ALL: Final = "0.4 to 0.12"

INFERENCE: Final = (
    Code(
        "KG430",
        "refused",
        "Inference without a preset and without a template",
        "KAITO must know what to run: a model of its own, or a pod of the user's.",
        "Name a preset or give a template.",
        "R30",
        _ALL,
    ),
    Code(
        "KG431",
        "refused",
        "Inference with a preset and a template",
        "The two are alternatives; a preset brings its own pod.",
        "Keep one of the two.",
        "R31",
        _ALL,
    ),
    Code(
        "KG432",
        "refused",
        "KAITO has no such preset",
        "Each version takes a list of short names. Hugging Face ids (owner/name) are taken since 0.9, and short names "
        "in any letter case since 0.11. Names such as qwen3-8b, which look like short names, are not.",
        "Take a preset of that version, or write the Hugging Face id.",
        "R32",
        _ALL,
    ),
    Code(
        "KG433",
        "note",
        "KAITO asks Hugging Face while it admits the Workspace",
        "For a model outside its catalogue the webhook reads the file list and the configuration from huggingface.co, "
        "and refuses the Workspace when that fails: no route, gated without a token, no weight files, or an "
        "architecture that its vLLM does not have. Only that moment can tell.",
        "Make sure that KAITO reaches huggingface.co, or take a model of the catalogue.",
        "R33",
        "0.9 to 0.12",
    ),
    Code(
        "KG434",
        "refused",
        "The model does not run on the runtime transformers",
        "Twenty models of the catalogue have settings for transformers; phi-4-mini-instruct is none of them. The "
        "comparison uses the last part of the name. Before 0.11 each built-in preset brought its own settings.",
        "Use the runtime vllm.",
        "R34",
        "0.11 to 0.12",
    ),
    Code(
        "KG435",
        "refused",
        "vLLM takes no strength for an adapter",
        "The server of vLLM has no such setting, so the webhook refuses the field under that runtime, even 1.0.",
        "Remove strength, or use the runtime transformers.",
        "R35",
        _ALL,
    ),
    Code(
        "KG436",
        "refused",
        "The model takes no adapters on vLLM",
        "The falcon models forbid LoRA on vLLM. Since 0.11 no model does.",
        "Remove the adapters, or use the runtime transformers.",
        "R36",
        "0.4 to 0.10",
    ),
    Code(
        "KG437",
        "refused",
        "The preset needs a modelAccessSecret",
        "Up to 0.7 every preset that is downloaded when it starts needs a secret, from 0.8 to 0.10 only the gated "
        "llama models do. Since 0.11 the check is dead, and a missing secret shows up in the pod (KG467).",
        "Name a Secret with a Hugging Face token under HF_TOKEN.",
        "R37",
        "0.4 to 0.10",
    ),
    Code(
        "KG438",
        "refused",
        "The preset takes no modelAccessSecret",
        "Before the catalogue most presets came with their weights in the image, and the webhook refused a secret that "
        "nothing would use. Since 0.11 every model is downloaded.",
        "Remove modelAccessSecret.",
        "R38",
        "0.4 to 0.10",
    ),
    Code(
        "KG439",
        "refused",
        "More than ten adapters",
        "The webhook allows ten when the Workspace is created.",
        "Leave some out.",
        "R39",
        _ALL,
    ),
    Code(
        "KG440",
        "refused",
        "Two adapters of one name, or one without a source",
        "Adapters are unpacked into a folder named after their source, so a name may stand once. An adapter without a "
        "source makes the webhook break down, which fails the request.",
        "Give every adapter a source with a name of its own.",
        "R40",
        _ALL,
    ),
    Code(
        "KG441",
        "note",
        "The ConfigMap of the inference must exist beforehand",
        "The webhook reads the ConfigMap from the Workspace's namespace and refuses the Workspace when it is not there "
        "yet. Only the cluster can tell; kaitogen says whether it is in the output.",
        "Apply the ConfigMap first, or let kaitogen generate it from inline config.",
        "R41",
        _ALL,
    ),
    Code(
        "KG442",
        "refused",
        "The ConfigMap has no inference_config.yaml",
        "KAITO reads the settings from that one key and refuses a ConfigMap without it.",
        "Put the settings under inference_config.yaml.",
        "R42",
        _ALL,
    ),
    Code(
        "KG443",
        "refused",
        "KAITO cannot read the settings of vLLM",
        "The webhook decodes vllm as a mapping from text to plain values. Lists and mappings below it, or text that is "
        "no YAML, are refused. Other keys at the top are not looked at.",
        "Write vllm: with one plain value per option; write a JSON value as quoted text.",
        "R43",
        _ALL,
    ),
    Code(
        "KG444",
        "refused",
        "max-model-len is missing or no whole number",
        "Since 0.7 the webhook reads max-model-len as a number: auto and 8k are refused although vLLM knows them; of a "
        "model outside the catalogue only where Hugging Face says its longest context, which is then a warning. Up to "
        "0.6 it had to be there for nodes with several GPUs below 20 GiB and, from 0.5 on, for more than one node.",
        "Write the number of tokens.",
        "R44",
        _ALL,
    ),
    Code(
        "KG445",
        "refused",
        "max-model-len is more than the model can do",
        "Every model of the catalogue has a longest context, and the webhook refuses a larger number.",
        "Write the model's limit or less.",
        "R45",
        "0.7 to 0.12",
    ),
    Code(
        "KG446",
        "refused",
        "Model streaming does not work here",
        "With the gate ModelStreaming on, a preset on vLLM streams its weights from Azure storage unless the annotation "
        "kaito.sh/model-streaming says disabled. The webhook refuses that on other clouds, and on clusters without the "
        "CSI driver blob.csi.azure.com (a note, since only the cluster can tell).",
        "Set kaito.sh/model-streaming: disabled.",
        "R46",
        "0.11 to 0.12",
    ),
)
