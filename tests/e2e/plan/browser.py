"""A headless Chromium of our own, spoken to over two pipes in the DevTools protocol: no port, no network, no library."""

import base64
import json
import os
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

#: Everything that would ask another machine is off, and no name leads anywhere.
FLAGS: Final = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",  # it runs as root in CI, and opens only files that the tests made
    "--no-zygote",
    "--no-first-run",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:1",
    "--force-color-profile=srgb",
)
FONTS: Final = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""
TIMEOUT: Final = 60


class Browser:
    """One running browser. Every page is a tab of its own."""

    def __init__(self, program: Path, home: Path) -> None:
        fonts = home / "fonts.conf"
        fonts.write_text(FONTS.format(fonts=program.parent / "fonts", cache=home / "fonts"), encoding="utf-8")
        environment = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "LD_LIBRARY_PATH": str(program.parent / "lib"),
            "FONTCONFIG_FILE": str(fonts),
        }
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        # The protocol's pipes are file descriptors 3 and 4, which only a shell hands over under those numbers.
        command = ["bash", "-c", f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}', str(program), *FLAGS]
        self._log = (home / "chromium.log").open("wb")
        self._process = subprocess.Popen(
            [*command, f"--user-data-dir={home / 'profile'}"],
            env=environment,
            pass_fds=(theirs_in, theirs_out),
            stdout=self._log,
            stderr=self._log,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._unread = b""
        self._number = 0
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Send one command and wait for its answer; what happens meanwhile is kept in `events`."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + TIMEOUT
        while True:
            heard = self._hear(end - time.monotonic())
            if heard.get("id") == self._number:
                assert "error" not in heard, f"{method}: {heard['error']}"
                result: dict[str, Any] = heard["result"]
                return result
            self.events.append(heard)

    def wait(self, method: str, session: str) -> None:
        """Wait until the page says that something happened, if it has not said so before."""
        end = time.monotonic() + TIMEOUT
        while not any(one["method"] == method for one in self.of(session)):
            self.events.append(self._hear(end - time.monotonic()))

    def of(self, session: str) -> list[dict[str, Any]]:
        """What happened in one page."""
        return [one for one in self.events if one.get("sessionId") == session]

    def _hear(self, seconds: float) -> dict[str, Any]:
        while b"\0" not in self._unread:
            ready = select.select([self._in], [], [], max(seconds, 0))[0]
            assert ready, "the browser does not answer"
            chunk = os.read(self._in, 1 << 20)
            assert chunk, "the browser has ended"
            self._unread += chunk
        one, _, self._unread = self._unread.partition(b"\0")
        heard: dict[str, Any] = json.loads(one)
        return heard

    def close(self) -> None:
        """End the browser."""
        os.close(self._out)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        self._log.close()

    @contextmanager
    def page(
        self, url: str, *, width: int = 1280, height: int = 900, dark: bool = False, scripts: bool = True
    ) -> Iterator["Page"]:
        """A tab of that size with the page loaded, closed at the end."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable", session)
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.call("Emulation.setDeviceMetricsOverride", session, **metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", session, features=[scheme])
        self.call("Emulation.setScriptExecutionDisabled", session, value=not scripts)
        self.events.clear()
        self.call("Page.navigate", session, url=url)
        self.wait("Page.loadEventFired", session)
        try:
            yield Page(self, session)
        finally:
            self.call("Target.closeTarget", targetId=target)


class Page:
    """One loaded page: asked by its own JavaScript, operated by keys, and pictured."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session

    def ask(self, expression: str) -> Any:
        """What an expression comes to in the page."""
        answer = self._browser.call(
            "Runtime.evaluate", self._session, expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def print_media(self) -> None:
        """Lay the page out as on paper."""
        self._browser.call("Emulation.setEmulatedMedia", self._session, media="print")

    def type(self, text: str) -> None:
        """Text into what has the focus."""
        self._browser.call("Input.insertText", self._session, text=text)

    def press(self, key: str, code: int, text: str = "") -> None:
        """One key, down and up. `code` is the number that Windows gives it, which is what browsers go by."""
        for kind in ("keyDown", "keyUp"):
            self._browser.call(
                "Input.dispatchKeyEvent", self._session, type=kind, key=key, code=key,
                windowsVirtualKeyCode=code, **({"text": text} if text and kind == "keyDown" else {}),
            )  # fmt: skip

    @property
    def requested(self) -> list[str]:
        """Every address that the page asked for, itself first."""
        return [
            one["params"]["request"]["url"]
            for one in self._browser.of(self._session)
            if one["method"] == "Network.requestWillBeSent"
        ]

    @property
    def complaints(self) -> list[str]:
        """Everything that the page wrote to its console, errors of its scripts and refusals of its policy included."""
        loud = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        return [
            json.dumps(one["params"])[:400]
            for one in self._browser.of(self._session)
            if one["method"] in loud
        ]

    def picture(self, path: Path, *, whole: bool = True, scale: float = 1) -> None:
        """A PNG of the page, down to its end or of the window alone."""
        size = self._browser.call("Page.getLayoutMetrics", self._session)["cssContentSize"]
        width, height, top = self.ask("[innerWidth, innerHeight, scrollY]")
        clip = {"x": 0, "y": 0 if whole else top, "width": width, "scale": scale}
        clip["height"] = size["height"] if whole else height
        shot = self._browser.call(
            "Page.captureScreenshot", self._session, clip=clip, captureBeyondViewport=whole
        )
        path.write_bytes(base64.b64decode(shot["data"]))
