"""The plan's page in a real browser: it needs nothing else, filters, is read by keyboard, and runs nobody's strings."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.plans import git
from tests.e2e.plan.browser import Browser
from tests.e2e.plan.pages import READABLE, choose, written

pytestmark = [pytest.mark.e2e, pytest.mark.checkout]

#: Enter, Escape, Tab and Space as the browser numbers them.
ENTER: Final = ("Enter", 13, "\r")
ESCAPE: Final = ("Escape", 27)
TAB: Final = ("Tab", 9)
SPACE: Final = (" ", 32, " ")
HOSTILE: Final = """<img src=x onerror="window.pwned=1"></script><script>window.pwned=1</script>'"`${window.pwned=1}{{7*7}}"""
FLEET: Final = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntentSet
metadata: {name: fleet}
spec:
  workspaces:
    - metadata: {name: chat, namespace: inference, labels: {team: chat, stage: prod}}
      spec:
        placement: {instanceType: Standard_NC80adis_H100_v5}
        inference: {model: llama-3.3-70b-instruct, accessSecret: hf-token}
    - metadata: {name: search, namespace: inference, labels: {team: search}}
      spec:
        placement: {instanceType: Standard_NV36ads_A10_v5, count: 4}
        inference: {model: phi-4}
    - metadata: {name: reason, namespace: research, labels: {team: research}}
      spec:
        placement: {instanceType: Standard_ND96isr_H100_v5}
        inference: {model: deepseek-r1-0528}
    - metadata: {name: pinned, namespace: research, labels: {team: research}}
      spec:
        target: {nodeProvisioner: byo}
        placement: {nodes: [gpu-node-1, gpu-node-2]}
        inference: {model: phi-4}
"""
VISIBLE: Final = "[...document.querySelectorAll('.card')].filter(one => one.offsetParent).map(one => one.querySelector('h2').textContent)"
ROWS: Final = "[...document.querySelectorAll('tr.row')].filter(one => one.offsetParent).map(one => one.querySelector('a').textContent)"
ALL: Final = ["inference/chat", "inference/search", "research/pinned", "research/reason"]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("fleet"), FLEET)


def test_it_asks_for_nothing_and_complains_of_nothing(browser: Browser, fleet: str) -> None:
    with browser.page(fleet) as page:
        assert page.ask(VISIBLE) == ALL
        assert page.ask("document.title") == "4 Workspaces: 5 nodes, 20 GPUs, and 1 of unknown size"
        assert (page.requested, page.complaints) == ([fleet], [])


def test_nodes_are_boxes_of_gpus_with_a_bar_of_memory_in_each(browser: Browser, fleet: str) -> None:
    boxes = "[...document.querySelectorAll('.card')].map(one => [one.querySelectorAll('.node').length, one.querySelectorAll('.gpu').length])"
    filled = "[...document.querySelectorAll('symbol rect:not(.empty)')].every(one => +one.getAttribute('height') >= 0)"
    drawn = "getComputedStyle(document.querySelector('symbol .weights')).fill"
    with browser.page(fleet) as page:
        assert page.ask(boxes) == [[1, 2], [2, 2], [0, 0], [2, 16]]
        assert page.ask(filled) is True
        assert page.ask(drawn) == "rgb(66, 99, 201)"
        assert page.ask("document.querySelector('.boxes').getAttribute('aria-label')").startswith(
            "1 node, 2 GPUs. Each GPU of 93.0 GiB: weights 65.7 GiB"
        )


def test_filters_show_what_is_asked_for(browser: Browser, fleet: str) -> None:
    with browser.page(fleet) as page:
        choose(page, "strategy", "auto")
        assert page.ask(VISIBLE) == ["inference/chat", "research/reason"]
        choose(page, "label", "team=research")
        assert page.ask(VISIBLE) == ["research/reason"]
        assert page.ask("document.getElementById('shown').value") == "1 of 4 shown"
        choose(page, "search", "phi-4")
        assert page.ask(VISIBLE) == []
        assert page.ask("document.getElementById('none').hidden") is False
        choose(page, "strategy", "")
        assert page.ask(VISIBLE) == ["research/pinned"]
        choose(page, "label", "")
        choose(page, "search", "")
        page.ask("document.getElementById('troubled').click()")
        assert page.ask(VISIBLE) == ["inference/search", "research/pinned"]
        assert page.complaints == []


def test_everything_can_be_reached_and_used_by_keyboard(browser: Browser, fleet: str) -> None:
    focused = (
        "document.activeElement.id || document.activeElement.className || document.activeElement.tagName"
    )
    with browser.page(fleet) as page:
        order = []
        for _ in range(6):
            page.press(*TAB)
            order.append(page.ask(focused))
        assert order[:5] == ["skip", "search", "strategy", "label", "troubled"]
        page.ask("document.getElementById('search').focus()")
        page.type("deepseek")
        assert page.ask(VISIBLE) == ["research/reason"]
        page.press(*ESCAPE)
        assert page.ask(VISIBLE) == ALL
        page.ask("document.querySelector('.card summary').focus()")
        page.press(*ENTER)
        assert page.ask("document.querySelector('.card details').open") is True
        assert "kind: Workspace" in page.ask("document.querySelector('.card details pre').innerText")
        page.ask("document.getElementById('troubled').focus()")
        page.press(*SPACE)
        assert page.ask(VISIBLE) == ["inference/search", "research/pinned"]


def test_a_finding_leads_to_the_line_that_it_is_about(browser: Browser, fleet: str) -> None:
    with browser.page(fleet) as page:
        place = page.ask("document.querySelector('.finding.warning a').textContent")
        line = FLEET.splitlines()[int(place.split(":")[1]) - 1]
        assert "count: 4" in line
        page.ask("document.querySelector('.finding.warning a').click()")
        assert page.ask(
            "new Promise(done => setTimeout(() => done(document.querySelector('.source:target').innerText.trimEnd()), 100))"
        ).endswith(line)
        assert page.ask("document.querySelector('.source:target').closest('details').open") is True


def test_what_changes_leads_to_the_cards_and_is_read_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    written(tmp_path, FLEET)
    git(tmp_path, "add", "fleet.intent.yaml")
    git(tmp_path, "commit", "-qm", "first")
    changed = FLEET.replace("name: chat,", "name: talk,").replace("deepseek-r1-0528", "deepseek-v3-0324")
    url = written(tmp_path, changed, more=("--against", "HEAD"))
    rows = "[...document.querySelectorAll('.changes tbody tr')].map(row => row.cells[0].innerText + ' ' + row.cells[1].innerText)"
    with browser.page(url) as page:
        assert page.ask(rows) == ["changed research/reason", "new inference/talk", "gone inference/chat"]
        page.ask(
            "[...document.querySelectorAll('.changes a')].find(one => one.innerText.includes('talk')).click()"
        )
        assert page.ask("document.querySelector('.card:target .badge.new').innerText") == "new"
        assert page.complaints == []
    with browser.page(url, width=360) as page:
        assert page.ask("document.documentElement.scrollWidth") == 360
        assert page.ask("document.querySelector('.changes .scroll').scrollWidth <= 360") is True


def test_it_shows_all_without_scripts(browser: Browser, fleet: str) -> None:
    with browser.page(fleet, scripts=False) as page:
        assert page.ask(VISIBLE) == ALL
        assert page.ask("document.getElementById('filters').hidden") is True


def test_it_fits_a_phone(browser: Browser, tmp_path: Path) -> None:
    long = FLEET.replace("name: chat,", f"name: {'chat-' * 10}a,").replace(
        "team: chat", f"team: {'chat' * 15}"
    )
    with browser.page(written(tmp_path, long), width=360, height=740) as page:
        assert page.ask("document.documentElement.scrollWidth") == 360
        assert (
            page.ask(
                "getComputedStyle(document.querySelector('.columns')).gridTemplateColumns.split(' ').length"
            )
            == 1
        )


def test_it_is_light_and_dark_as_the_reader_wants(browser: Browser, fleet: str) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    with browser.page(fleet) as page:
        assert page.ask(ground) == "rgb(246, 247, 249)"
    with browser.page(fleet, dark=True) as page:
        assert page.ask(ground) == "rgb(18, 22, 29)"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_word_stands_out_from_its_ground(browser: Browser, tmp_path: Path, *, dark: bool) -> None:
    wrong = FLEET.replace("Standard_ND96isr_H100_v5", "Standard_ND96isr_H100_v4")
    with browser.page(written(tmp_path, wrong), dark=dark) as page:
        assert page.ask("document.querySelectorAll('.finding.error').length") == 1
        assert page.ask(READABLE) == []


def _container(value: str) -> str:
    return (
        "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntent\nmetadata: {name: hostile}\nspec:\n"
        "  placement: {instanceType: Standard_NC24ads_A100_v4}\n  inference:\n    template:\n      spec:\n"
        f"        containers:\n          - name: a\n            image: b\n            args: [{value!r}]\n"
    )


def _misspelt(value: str) -> str:
    return f"# {value}\n" + FLEET.replace("instanceType:", "instanceTyp:", 1)


def _annotated(value: str) -> str:
    return _container("x").replace(
        "metadata: {name: hostile}", f"metadata:\n  name: hostile\n  annotations:\n    a: {value!r}"
    )


def _modelled(value: str) -> str:
    return FLEET.replace("model: phi-4}", f"model: {'owner/' + value.replace(' ', '')!r}}}")


@pytest.mark.parametrize("made", [_container, _misspelt, _annotated, _modelled])
def test_no_string_of_an_intent_runs(browser: Browser, tmp_path: Path, made: Callable[[str], str]) -> None:
    url = written(tmp_path, made(HOSTILE), "<img src=x onerror=pwned=1>.intent.yaml")
    with browser.page(url) as page:
        assert page.ask("typeof window.pwned") == "undefined"
        assert page.ask("document.images.length") == 0
        assert page.ask("document.scripts.length") == 1
        assert (page.requested, page.complaints) == ([url], [])


def test_its_policy_lets_nothing_else_run_or_load(browser: Browser, fleet: str) -> None:
    """What would be left if a string did get through."""
    with browser.page(fleet) as page:
        page.ask(
            "(() => { const one = document.createElement('script'); one.textContent = 'window.pwned = 1'; document.body.append(one); })()"
        )
        page.ask(
            "document.body.insertAdjacentHTML('beforeend', '<b onclick=\"window.pwned = 1\" id=b>b</b>')"
        )
        page.ask("document.getElementById('b').click()")
        assert page.ask("typeof window.pwned") == "undefined"
        assert page.ask("fetch('http://127.0.0.1:9/').then(() => 'asked', () => 'refused')") == "refused"
        assert any("Content Security Policy" in one for one in page.complaints)
        assert page.requested == [fleet]


@pytest.mark.parametrize(
    ("name", "width", "dark"), [("desktop", 1280, False), ("phone", 390, False), ("dark", 1280, True)]
)
def test_pictures_for_a_person_to_look_at(
    browser: Browser, fleet: str, root: Path, name: str, width: int, *, dark: bool
) -> None:
    pictures = root / "build" / "plan-page"
    pictures.mkdir(parents=True, exist_ok=True)
    with browser.page(fleet, width=width, dark=dark) as page:
        page.picture(pictures / f"{name}.png")
        page.ask("window.scrollTo(0, document.body.scrollHeight)")
    # A page that is drawn has far more in it than a blank one of the same size.
    assert (pictures / f"{name}.png").stat().st_size > 100_000


def test_a_thousand_workspaces_are_a_page_that_opens(browser: Browser, tmp_path: Path) -> None:
    entry = FLEET.split("  workspaces:\n")[1].split("    - metadata: {name: reason")[0]
    head = FLEET.split("  workspaces:\n")[0] + "  workspaces:\n"
    many = "".join(
        entry.replace("name: chat,", f"name: chat-{n},").replace("name: search,", f"name: search-{n},")
        for n in range(500)
    )
    with browser.page(written(tmp_path, head + many)) as page:
        choose(page, "search", "chat-499")
        assert page.ask(ROWS) == ["inference/chat-499"]
        assert page.complaints == []
