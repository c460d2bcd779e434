"""The overview of a plan's page with two hundred Workspaces: sorted, grouped, folded, filtered, added up, printed."""

from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.plans import git
from tests.e2e.plan.browser import Browser, Page
from tests.e2e.plan.pages import READABLE, choose, written

pytestmark = [pytest.mark.e2e, pytest.mark.checkout]

TEAMS: Final = ("ads", "chat", "risk", "search", "vision")
SIZES: Final = {"phone": (390, 844), "laptop": (1366, 768), "wide": (1920, 1080)}
PRICES: Final = """\
apiVersion: kaitogen.io/v1alpha1
kind: PriceList
currency: EUR
prices:
  Standard_NC24ads_A100_v4: {hour: 3.67}
  Standard_NV36ads_A10_v5: {hour: 3.20}
"""
GROUPS: Final = "[...document.querySelectorAll('.group')].map(one => one.querySelector('.name').textContent)"
ROWS: Final = "[...document.querySelectorAll('tr.row')].filter(one => one.checkVisibility()).map(one => one.querySelector('a').textContent)"
TILES: Final = "Object.fromEntries([...document.querySelectorAll('.tile')].map(one => [one.dataset.tile, one.querySelector('dd').innerText]))"
CLICK: Final = "[...document.querySelectorAll('{}')].find(one => one.textContent.includes('{}')).click()"


def workspace(number: int) -> str:
    """Every fifth of a team; each third on two nodes, each tenth with a warning, each fortieth with nodes of its own."""
    team = TEAMS[number % 5]
    kind = "Standard_NV36ads_A10_v5" if number % 3 == 0 else "Standard_NC24ads_A100_v4"
    placement = f"{{instanceType: {kind}{', count: 4' if number % 10 == 0 else ''}}}"
    target = ""
    if number % 40 == 7:
        placement, target = f"{{nodes: [gpu-{number}]}}", "        target: {nodeProvisioner: byo}\n"
    return (
        f"    - metadata: {{name: w{number}, namespace: {team}-models, labels: {{team: {team}, stage: prod}}}}\n"
        f"      spec:\n{target}        placement: {placement}\n        inference: {{model: phi-4}}\n"
    )


def fleet_of(number: int) -> str:
    """A set of so many Workspaces, in an order that is not theirs."""
    head = "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: fleet}\nspec:\n  workspaces:\n"
    return head + "".join(workspace(one) for one in sorted(range(1, number + 1), key=str))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("overview")
    (folder / "prices.yaml").write_text(PRICES, encoding="utf-8")
    return written(folder, fleet_of(200), more=("--price", "prices.yaml"))


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same beside a revision: sixty and more changes, most of them equal and refused."""
    folder = tmp_path_factory.mktemp("changed")
    git(folder, "init", "-q")
    written(folder, fleet_of(200))
    git(folder, "add", "fleet.intent.yaml")
    git(folder, "commit", "-qm", "first")
    text = fleet_of(201).replace("Standard_NV36ads_A10_v5}", "Standard_NC40ads_H100_v5}")
    for number, model in enumerate(("phi-4-mini-instruct", "mistral-7b-instruct", "phi-3.5-mini-instruct")):
        text = text.replace(workspace(number + 1), workspace(number + 1).replace("phi-4}", f"{model}}}"))
    return written(folder, text, more=("--against", "HEAD"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page_of", ["fleet", "changed"])
def test_two_hundred_workspaces_are_looked_over_at_once(
    browser: Browser, request: pytest.FixtureRequest, root: Path, page_of: str, size: str
) -> None:
    width, height = SIZES[size]
    pictures = root / "build" / "plan-page"
    pictures.mkdir(parents=True, exist_ok=True)
    url = request.getfixturevalue(page_of)
    for dark in (False, True):
        with browser.page(url, width=width, height=height, dark=dark) as page:
            # What changes stands above the fleet; on a phone it has a screen of its own.
            screens = 3 if (page_of, size) == ("changed", "phone") else 2
            assert page.ask("document.documentElement.scrollHeight") < screens * height
            assert page.ask("document.documentElement.scrollWidth") == width
            assert page.ask(ROWS) == []
            assert (page.requested, page.complaints) == ([url], [])
            page.picture(pictures / f"{page_of}-{size}-{'dark' if dark else 'light'}.png")


def test_groups_are_folded_and_added_up(browser: Browser, fleet: str) -> None:
    with browser.page(fleet) as page:
        assert page.ask(GROUPS) == list(TEAMS)
        sums = "[...document.querySelectorAll('.group')].map(one => +one.querySelector('.nodes').textContent.replace('≥ ', ''))"
        assert sum(page.ask(sums)) == int(page.ask(TILES)["nodes"].split()[0])
        page.ask(CLICK.format(".fold", "chat"))
        assert page.ask(ROWS)[:3] == ["chat-models/w1", "chat-models/w6", "chat-models/w11"]
        assert len(page.ask(ROWS)) == 40
        assert page.ask("document.querySelectorAll('.fold[aria-expanded=true]').length") == 1
        page.ask("document.getElementById('unfold').click()")
        assert len(page.ask(ROWS)) == 200
        page.ask("document.getElementById('unfold').click()")
        assert page.ask(ROWS) == []


def test_it_groups_by_what_is_asked_for(browser: Browser, fleet: str) -> None:
    offered = "[...document.getElementById('group').options].map(one => one.textContent)"
    with browser.page(fleet) as page:
        assert page.ask(offered) == [
            "nothing",
            "namespace",
            "instance type",
            "strategy",
            "cluster",
            "team (label)",
        ]
        choose(page, "group", "type")
        assert page.ask(GROUPS) == ["none", "Standard_NC24ads_A100_v4", "Standard_NV36ads_A10_v5"]
        choose(page, "group", "cluster")
        assert page.ask(GROUPS) == [
            f"KAITO 0.12 on azure, nodes by {one}" for one in ("azure-gpu-provisioner", "byo")
        ]
        choose(page, "group", "")
        assert page.ask(ROWS)[:2] == ["ads-models/w5", "ads-models/w10"]
        assert len(page.ask(ROWS)) == 200


def test_it_sorts_by_every_column_both_ways(browser: Browser, fleet: str) -> None:
    with browser.page(f"{fleet}#?group=") as page:
        for head, column in (("GPUs", ".gpus"), ("EUR an hour", ".hour"), ("Nodes", ".nodes")):
            page.ask(CLICK.format("thead button", head))
            values = page.ask(
                f"[...document.querySelectorAll('tr.row {column}')].map(one => parseFloat(one.textContent) || 0)"
            )
            assert values == sorted(values, reverse=True)
            assert max(values) > min(values)
            assert page.ask("document.querySelector('[aria-sort=descending]').textContent") == head
        page.ask(CLICK.format("thead button", "Nodes"))
        assert page.ask("document.querySelector('[aria-sort]:not([aria-sort=none])').ariaSort") == "ascending"
        page.ask(CLICK.format("thead button", "Verdict"))
        worst = page.ask("document.querySelector('tr.row .verdict').innerText.split(/\\s+/).slice(-2)")
        assert worst == ["1", "warning"]
        page.ask(CLICK.format("thead button", "Workspace"))
        names = page.ask(ROWS)
        assert names.index("ads-models/w5") < names.index("ads-models/w10") < names.index("ads-models/w100")
        choose(page, "group", "label.team")
        page.ask(CLICK.format("thead button", "Nodes"))
        totals = page.ask(
            "[...document.querySelectorAll('.group .nodes')].map(one => +one.textContent.replace('≥ ', ''))"
        )
        assert totals == sorted(totals, reverse=True)


def test_the_tiles_follow_the_filter(browser: Browser, fleet: str) -> None:
    with browser.page(fleet) as page:
        whole = page.ask(TILES)
        assert whole["workspaces"] == "200"
        choose(page, "label", "team=chat")
        chat = page.ask(TILES)
        assert chat["workspaces"] == "40"
        nodes = page.ask(
            "[...document.querySelectorAll('tbody:not([hidden]) .row .nodes')].reduce((all, one) => all + (parseInt(one.textContent) || 0), 0)"
        )
        hour = page.ask(
            "[...document.querySelectorAll('tbody:not([hidden]) .row .hour')].reduce((all, one) => all + parseFloat(one.textContent), 0)"
        )
        assert chat["nodes"].split()[0] == str(nodes)
        assert chat["month"] == f"{hour * 730:,.2f}\n{hour:,.2f} an hour"
        assert int(chat["found"].split()[0]) == page.ask(
            "document.querySelectorAll('tbody:not([hidden]) .row .badge').length"
        )
        choose(page, "label", "")
        assert page.ask(TILES) == whole


def test_few_rows_need_no_unfolding(browser: Browser, fleet: str) -> None:
    with browser.page(fleet) as page:
        choose(page, "search", "W19")
        assert len(page.ask(ROWS)) == 11
        assert page.ask("document.getElementById('shown').value") == "11 of 200 shown"
        page.ask("document.getElementById('clear').click()")
        assert page.ask("[document.getElementById('search').value, document.activeElement.id]") == [
            "",
            "search",
        ]
        assert page.ask(ROWS) == []


def _state(page: Page) -> list[object]:
    return [
        page.ask(GROUPS),
        page.ask(ROWS),
        page.ask(TILES),
        page.ask("[...document.querySelectorAll('#filters select, #search')].map(one => one.value)"),
    ]


def test_what_is_asked_for_stands_in_the_address(browser: Browser, fleet: str) -> None:
    with browser.page(fleet) as page:
        choose(page, "search", "w1 a10")
        choose(page, "label", "stage=prod")
        choose(page, "group", "namespace")
        page.ask(CLICK.format("thead button", "GPUs"))
        page.ask("document.getElementById('troubled').click()")
        address = page.ask("location.href")
        assert address == (
            f"{fleet}#?search=w1+a10&label=stage%3Dprod&troubled=yes&group=namespace&sort=-gpus"
        )
        state = _state(page)
        assert state[1]
    with browser.page(address) as page:
        assert _state(page) == state
        page.ask("location.hash = '#?strategy=auto'")
        page.ask("new Promise(done => setTimeout(done, 100))")
        assert page.ask("document.getElementById('search').value") == ""
        assert page.ask(GROUPS) == list(TEAMS)
        assert page.complaints == []
    with browser.page(f"{fleet}#?strategy=what&group=nobody&sort=-what") as page:
        assert page.ask("[...document.querySelectorAll('#filters select')].map(one => one.value)") == [
            "", "", "label.team", "name",
        ]  # fmt: skip


def test_a_row_opens_its_details_by_mouse_and_by_keyboard(browser: Browser, fleet: str) -> None:
    link = "[...document.querySelectorAll('tr.row a')].find(one => one.textContent === 'chat-models/w1')"
    with browser.page(f"{fleet}#?search=w1+chat") as page:
        shown = f"{link}.closest('tr').nextElementSibling.querySelector('.card').checkVisibility()"
        assert page.ask(f"[{link}.role, {link}.ariaExpanded, {shown}]") == ["button", "false", False]
        page.ask(f"{link}.click()")
        assert page.ask(f"[{link}.ariaExpanded, {shown}]") == ["true", True]
        assert page.ask("location.hash") == "#?search=w1+chat"
        page.ask(f"{link}.focus()")
        page.press(" ", 32, " ")
        assert page.ask(f"[{link}.ariaExpanded, {shown}]") == ["false", False]
        page.press("Enter", 13, "\r")
        assert page.ask(f"[{link}.ariaExpanded, {shown}]") == ["true", True]


def test_the_table_is_as_wide_as_its_head(browser: Browser, fleet: str) -> None:
    """A details cell over more columns than are shown would make one more of nothing."""
    for group in ("label.team", "type", "strategy", "namespace", ""):
        with browser.page(f"{fleet}#?search=w1+chat&group={group}") as page:
            page.ask("[...document.querySelectorAll('tr.row a')].find(one => one.checkVisibility()).click()")
            edges = page.ask(
                "[...document.querySelectorAll('thead tr, tr.group, tr.row.open, tr.detail .card')].filter(one => one.checkVisibility())"
                ".map(one => Math.round((one.lastElementChild.closest('td, th') ?? one).getBoundingClientRect().right))"
            )
            assert len(set(edges)) == 1, (group, edges)


def test_a_link_leads_to_what_is_filtered_out_and_folded(browser: Browser, changed: str) -> None:
    with browser.page(f"{changed}#?search=w199") as page:
        page.ask(CLICK.format(".changes a", "w201"))
        page.ask("new Promise(done => setTimeout(done, 100))")
        assert page.ask("document.querySelector('.card:target').checkVisibility()") is True
        assert page.ask("document.getElementById('search').value") == ""
        page.ask("history.back()")
        page.ask("new Promise(done => setTimeout(done, 100))")
        assert page.ask("document.getElementById('search').value") == "w199"


def test_equal_changes_are_one_row_and_the_rest_is_folded(browser: Browser, changed: str) -> None:
    visible = "[...document.querySelectorAll('.changes tbody tr')].filter(one => one.checkVisibility()).map(one => one.innerText.replace(/\\s+/g, ' '))"
    with browser.page(changed) as page:
        rows = page.ask(visible)
        assert len(rows) == 3
        assert "and 56 more" in rows[0]
        assert "refused" in rows[0]
        button = page.ask("document.getElementById('all-changes').textContent")
        assert button.startswith("Show ")
        assert "more change" in button
        page.ask("document.getElementById('all-changes').click()")
        assert len(page.ask(visible)) == 3 + int(button.split()[1])


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_word_of_the_table_stands_out(browser: Browser, changed: str, size: str, *, dark: bool) -> None:
    with browser.page(f"{changed}#?group=label.team", width=SIZES[size][0], dark=dark) as page:
        page.ask("document.getElementById('unfold').click()")
        page.ask("document.querySelector('tr.row a').click()")
        assert page.ask(READABLE) == []


def test_on_paper_it_is_whole_and_light(browser: Browser, changed: str) -> None:
    with browser.page(f"{changed}#?label=team%3Dads", width=794, dark=True) as page:
        page.ask("document.querySelector('tr.row a').click()")
        page.print_media()
        assert len(page.ask(ROWS)) == 40
        assert page.ask("document.querySelector('.card').checkVisibility()") is True
        assert page.ask("document.getElementById('shown').checkVisibility()") is True
        for gone in ("#search", "#sort", "#unfold", "#all-changes"):
            assert page.ask(f"document.querySelector('{gone}').checkVisibility()") is False, gone
        assert page.ask("document.documentElement.scrollWidth") == 794
        assert page.ask("getComputedStyle(document.querySelector('h1')).color") == "rgb(28, 35, 48)"
        assert page.ask(READABLE) == []


def test_without_scripts_it_is_a_plain_table(browser: Browser, fleet: str) -> None:
    for width in (390, 1366):
        with browser.page(fleet, width=width, scripts=False) as page:
            names = page.ask(ROWS)
            assert len(names) == 200
            assert names[:2] == ["ads-models/w5", "ads-models/w10"]
            assert page.ask("document.documentElement.scrollWidth") == width
            assert page.ask("document.querySelector('.card').checkVisibility()") is False
            page.ask("document.querySelector('.detail summary').click()")
            assert page.ask("document.querySelector('.card').checkVisibility()") is True


def test_many_files_with_findings_do_not_make_it_longer(browser: Browser, tmp_path: Path) -> None:
    head = "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntent\n"
    body = (
        "spec:\n  placement: {instanceType: Standard_NV36ads_A10_v5, count: 4}\n  inference: {model: phi-4}\n"
    )
    texts = [f"{head}metadata: {{name: w{number}}}\n{body}" for number in range(200)]
    url = written(tmp_path, "---\n".join(texts))
    with browser.page(url, width=390, height=844) as page:
        assert page.ask("document.documentElement.scrollHeight") < 2 * 844
        page.ask("document.querySelector('.finding a').click()")
        page.ask("new Promise(done => setTimeout(done, 100))")
        assert page.ask("document.querySelector('.source:target').checkVisibility()") is True
