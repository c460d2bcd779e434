"""Explanations of KG447 to KG460: what KAITO refuses of a tuning."""

from typing import Final

from kaitogen.kaito.rules.code import Code

_ALL: Final = "0.4 to 0.12"

TUNING: Final = (
    Code(
        "KG447",
        "refused",
        "Tuning on more than one node",
        "A tuning is one Job with one pod, so the webhook refuses a count above 1.",
        "Remove count.",
        "R47",
        _ALL,
    ),
    Code(
        "KG448",
        "refused",
        "Tuning on a GPU partition",
        "Partitions are for inference only.",
        "Remove partition.",
        "R48",
        "0.12",
    ),
    Code(
        "KG449",
        "refused",
        "An unknown tuning method",
        "KAITO knows lora and qlora; the webhook compares without regard to case.",
        "Write lora or qlora.",
        "R49",
        _ALL,
    ),
    Code(
        "KG450",
        "note",
        "The ConfigMap of the tuning must exist beforehand",
        "The webhook reads the ConfigMap from the Workspace's namespace and refuses the Workspace when it is not there "
        "yet. Only the cluster can tell.",
        "Apply the ConfigMap first, or let kaitogen generate it from inline config.",
        "R50",
        _ALL,
    ),
    Code(
        "KG451",
        "refused",
        "KAITO cannot read the tuning's settings",
        "They must stand under the key training_config.yaml, be YAML, and hold a mapping training_config.",
        "Write training_config: with its sections below it.",
        "R51",
        _ALL,
    ),
    Code(
        "KG452",
        "refused",
        "An unknown section in training_config",
        "The webhook knows six sections: ModelConfig, QuantizationConfig, LoraConfig, TrainingArguments, DatasetConfig "
        "and DataCollator.",
        "Correct the name of the section.",
        "R52",
        _ALL,
    ),
    Code(
        "KG453",
        "refused",
        "QuantizationConfig contradicts the method",
        "qlora is lora on a model loaded in 4 or 8 bit: exactly one of load_in_4bit and load_in_8bit must be true for "
        "qlora, and none for lora. Both must be true or false, not text.",
        "Set one of the two for qlora, none for lora.",
        "R53",
        _ALL,
    ),
    Code(
        "KG454",
        "refused",
        "output_dir lies outside /mnt",
        "The results are picked up from the volume at /mnt. The webhook joins output_dir to it and refuses /mnt itself "
        "and what leads out of it.",
        "Name a folder below /mnt, such as results.",
        "R54",
        _ALL,
    ),
    Code(
        "KG455",
        "refused",
        "The tuning's input is not exactly one source",
        "The data come from urls, from an image or from a volume, and the webhook wants exactly one of them. Volumes "
        "came with 0.5.",
        "Give exactly one of urls, image and volumeSource.",
        "R55",
        _ALL,
    ),
    Code(
        "KG456",
        "refused",
        "An image of the tuning is no image reference",
        "The webhook parses the images of input and output as a registry client does. The name may be short, but the "
        "repository must be in lower case.",
        "Write registry/repository:tag.",
        "R56",
        _ALL,
    ),
    Code(
        "KG457",
        "refused",
        "An address that KAITO does not fetch from",
        "So that a tuning cannot reach into the cluster or the cloud's metadata, the webhook wants http or https, and "
        "refuses localhost, metadata hosts, and literal addresses that are loopback, private or link-local. Names are "
        "not resolved.",
        "Give a public address, or an image or a volume.",
        "R57",
        "0.12",
    ),
    Code(
        "KG458",
        "refused",
        "The tuning's output is not exactly one target",
        "The result goes into an image, which needs an imagePushSecret, or onto a volume (since 0.5).",
        "Give exactly one of image with imagePushSecret, and volumeSource.",
        "R58",
        _ALL,
    ),
    Code(
        "KG459",
        "refused",
        "Tuning without a preset",
        "Only KAITO's own presets can be tuned.",
        "Add preset with the name of a model.",
        "R59",
        _ALL,
    ),
    Code(
        "KG460",
        "refused",
        "KAITO has no such preset to tune",
        "The name is checked as that of an inference (KG432). Whether the model can be tuned is not asked: see KG478.",
        "Take a preset of that version.",
        "R60",
        _ALL,
    ),
)
