"""A yaml-language-server, and as much of its protocol as an editor needs to show what it knows."""

import json
import subprocess
from pathlib import Path
from typing import Any


class LanguageServer:
    """One server over standard input and output; positions are line and column from 0."""

    def __init__(self, program: Path, root: Path) -> None:
        self._process = subprocess.Popen(
            [program, "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=root,
        )
        self._number = 0
        self._diagnostics: dict[str, list[Any]] = {}
        self._ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}})
        self._tell("initialized", {})

    def open(self, path: Path, text: str) -> list[str]:
        """Open a document; what the editor underlines in it."""
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self._diagnostics.pop(path.as_uri(), None)
        self._tell("textDocument/didOpen", {"textDocument": document})
        while path.as_uri() not in self._diagnostics:
            self._hear()
        return [one["message"] for one in self._diagnostics[path.as_uri()]]

    def completions(self, path: Path, line: int, column: int) -> dict[str, str]:
        """What is offered at a place, each with the words that stand beside it."""
        answer = self._ask("textDocument/completion", _at(path, line, column))
        return {one["label"]: _words(one.get("documentation")) for one in answer["items"]}

    def hover(self, path: Path, line: int, column: int) -> str:
        """What is shown of a place; empty where nothing is."""
        answer = self._ask("textDocument/hover", _at(path, line, column))
        return _words(answer and answer["contents"])

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    def _ask(self, method: str, parameters: Any) -> Any:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": parameters})
        while True:
            heard = self._hear()
            if heard.get("id") == self._number and "method" not in heard:
                assert "error" not in heard, heard
                return heard["result"]

    def _tell(self, method: str, parameters: Any) -> None:
        self._send({"method": method, "params": parameters})

    def _send(self, message: dict[str, Any]) -> None:
        text = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
        self._process.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        stream = self._process.stdout
        assert stream is not None
        length = 0
        while line := stream.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the server ended"
        message: dict[str, Any] = json.loads(stream.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "id" in message and "method" in message:  # it asks for settings, and there are none
            empty = [None for _ in message.get("params", {}).get("items", [])]
            self._send({"id": message["id"], "result": empty or None})
        return message


def _at(path: Path, line: int, column: int) -> dict[str, Any]:
    return {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": column}}


def _words(said: Any) -> str:
    return said["value"] if isinstance(said, dict) else said or ""
