"""Pages of plans for these tests: written by the command, and asked and operated as a person does."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.acceptance.command import kaitogen
from tests.e2e.plan.browser import Page

#: Words that do not stand out from their ground as WCAG's level AA asks of text of this size.
READABLE: Final = """(() => {
  const level = colour => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255)
      .map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const ground = one => {
    for (; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (!/, 0\\)$/.test(colour) && colour !== "transparent") return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const dim = [];
  for (const one of document.querySelectorAll("body *")) {
    const words = [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!words || ["SCRIPT", "STYLE", "OPTION"].includes(one.tagName)) continue;
    const [a, b] = [level(getComputedStyle(one).color), level(ground(one))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) dim.push(one.className + ": " + one.textContent.slice(0, 40));
  }
  return dim;
})()"""


def written(folder: Path, intents: str, name: str = "fleet.intent.yaml", more: Sequence[str] = ()) -> str:
    """The address of the page that the command makes of these intents."""
    (folder / name).write_text(intents, encoding="utf-8")
    done = kaitogen("plan", "--format", "html", *more, name, cwd=folder)
    assert done.output, done.said
    (folder / "plan.html").write_bytes(done.output)
    return (folder / "plan.html").as_uri()


def choose(page: Page, control: str, value: str) -> None:
    """Choose a value in a control, as a person does."""
    page.ask(
        f"(() => {{ const one = document.getElementById('{control}'); one.value = {value!r};"
        "one.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )
