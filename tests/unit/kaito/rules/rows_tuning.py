"""One row per rule on tuning (KG447 to KG460, KG475 to KG480)."""

from typing import Any, Final

from tests.unit.kaito.rules.workspaces import A100, GONE, Row, tune

_CONFIG: Final = "tuning.config"


def trained(about: str, expected: str, text: str, method: str = "lora") -> Row:
    """A row whose tuning has its configuration in the same output."""
    maps = {("", "settings"): {"training_config.yaml": text}}
    return Row(
        about, expected, 4, 12, tune(tuning__config="settings", tuning__method=method), config_maps=maps
    )


def section(name: str, **values: Any) -> str:
    """A configuration with one section, and the bits that qlora needs unless the section gives others."""
    lines = "".join(f"    {key}: {value}\n" for key, value in values.items())
    return f"training_config:\n  {name}:\n{lines}"


def _urls(*urls: str) -> dict[str, Any]:
    return tune(tuning__input={"urls": list(urls)})


_VOLUME: Final = {"volumeSource": {"persistentVolumeClaim": {"claimName": "data"}}}
_QUANTIZATION: Final = "QuantizationConfig"

ROWS: Final = (
    Row("two nodes", "KG447 error resource.count", 4, 12, tune(resource__count=2)),
    Row("a partition", "KG448 error resource.partition", 12, 12, tune(resource__partition={"mode": "mig"})),
    Row("unknown method", "KG449 error tuning.method", 4, 12, tune(tuning__method="full")),
    Row("no method", "KG449 error tuning", 4, 12, tune(tuning__method=GONE)),
    Row("a name that no ConfigMap has", f"KG450 error {_CONFIG}", 4, 12, tune(tuning__config="-settings")),
    Row("ConfigMap elsewhere", f"KG450 note {_CONFIG}", 4, 12, tune(tuning__config="settings"), notes=True),
    Row("no key", f"KG451 error {_CONFIG}", 4, 12, tune(tuning__config="settings"), config_maps={("", "settings"): {}}),
    trained("no YAML", f"KG451 error {_CONFIG}", "training_config: ["),
    trained("no training_config", f"KG451 error {_CONFIG}", "ModelConfig: {}"),
    trained("a list", f"KG451 error {_CONFIG}", "training_config: [ModelConfig]"),
    trained("unknown section", f"KG452 error {_CONFIG}", section("LoRAConfig", r=8)),
    trained("bits as text", f"KG453 error {_CONFIG}", section(_QUANTIZATION, load_in_4bit='"true"')),
    trained("both", f"KG453 error {_CONFIG}", section(_QUANTIZATION, load_in_4bit=True, load_in_8bit=True), "qlora"),
    trained("lora in 4 bit", f"KG453 error {_CONFIG}", section(_QUANTIZATION, load_in_4bit=True)),
    trained("qlora without", f"KG453 error {_CONFIG}", section("LoraConfig", r=8), "QLoRA"),
    trained("output elsewhere", f"KG454 error {_CONFIG}", section("TrainingArguments", output_dir="../results")),
    trained("output at the top", f"KG454 error {_CONFIG}", section("TrainingArguments", output_dir="/")),
    trained("output a number", f"KG454 error {_CONFIG}", section("TrainingArguments", output_dir=7)),
    Row("two inputs", "KG455 error tuning.input", 5, 12,
        tune(tuning__input={**_VOLUME, "urls": ["https://a.example.com/b"]}), bounded=False),
    Row("no input", "KG455 error tuning.input", 4, 12, tune(tuning__input={"name": "data"})),
    Row("volume at 0.4", "KG455 error tuning.input.volumeSource", 4, 4, tune(tuning__input=_VOLUME)),
    Row("upper case in the repository", "KG456 error tuning.output.image", 4, 12,
        tune(tuning__output={"image": "registry.example.com/Tuned:1", "imagePushSecret": "push"})),
    Row("an input of no image", "KG456 error tuning.input.image", 4, 12, tune(tuning__input={"image": "a b"})),
    Row("no scheme", "KG457 error tuning.input.urls.0", 12, 12, _urls("data.example.com/a")),
    Row("ftp", "KG457 error tuning.input.urls.1", 12, 12, _urls("https://a.example.com/b", "ftp://a.example.com/b")),
    Row("localhost", "KG457 error tuning.input.urls.0", 12, 12, _urls("http://a.LOCALHOST:80/b")),
    Row("metadata", "KG457 error tuning.input.urls.0", 12, 12, _urls("http://metadata.google.internal/b")),
    Row("private", "KG457 error tuning.input.urls.0", 12, 12, _urls("http://172.31.0.1/b")),
    Row("link-local", "KG457 error tuning.input.urls.0", 12, 12, _urls("http://169.254.169.254/b")),
    Row("loopback in IPv6", "KG457 error tuning.input.urls.0", 12, 12, _urls("http://[::1]/b")),
    Row("private in IPv6 clothes", "KG457 error tuning.input.urls.0", 12, 12, _urls("http://[::ffff:10.0.0.1]/b")),
    Row("no host", "KG457 error tuning.input.urls.0", 12, 12, _urls("https:///train.parquet")),
    Row("a broken address", "KG457 error tuning.input.urls.0", 12, 12, _urls("http://[::1/b")),
    Row("no push secret", "KG458 error tuning.output", 4, 12, tune(tuning__output={"image": "registry.example.com/t:1"})),
    Row("two outputs", "KG458 error tuning.output", 5, 12,
        tune(tuning__output={**_VOLUME, "image": "a/b", "imagePushSecret": "c"}), bounded=False),
    Row("no output", "KG458 error tuning.output", 4, 12, tune(tuning__output={})),
    Row("output volume at 0.4", "KG458 error tuning.output.volumeSource", 4, 4, tune(tuning__output=_VOLUME)),
    Row("no preset", "KG459 error tuning", 4, 12, tune(tuning__preset=GONE)),
    Row("unknown preset", "KG460 error tuning.preset.name", 4, 12, tune(tuning__preset__name="qwen3-8b")),
    Row("phi-2 is not tuned either", "KG460 error tuning.preset.name", 8, 12, tune(tuning__preset__name="phi-2")),
    Row("an expression that blocks updates", "KG475 error resource.labelSelector.matchExpressions.0", 4, 12,
        tune(resource__labelSelector__matchExpressions=[{"key": "zone", "operator": "Exists"}])),
    Row("byo", "KG476 error tuning", 8, 12, tune(resource__instanceType=GONE), provisioner="byo"),
    Row("no parameters", "KG478 error tuning.preset.name", 11, 12, tune(tuning__preset__name="gpt-oss-20b")),
    Row("broken parameters", "KG478 error tuning.preset.name", 11, 12, tune(tuning__preset__name="mistral-7b")),
    Row("a stranger", "KG478 error tuning.preset.name", 11, 12, tune(tuning__preset__name="acme/llama")),
    Row("case of the method", "KG479 error tuning.method", 4, 12, tune(tuning__method="LoRA")),
    Row("a type that left", "KG480 warning resource.instanceType", 9, 12,
        tune(resource__instanceType="Standard_NC6s_v3")),
    Row("a type without GPUs", "KG480 warning resource.instanceType", 4, 12,
        tune(resource__instanceType="Standard_D4s_v5")),
    Row("case of the type", "KG472 error resource.instanceType", 4, 12, tune(resource__instanceType=A100.lower())),
)  # fmt: skip
