"""One question to an API server and its answer: bounded in time, size and number of tries."""

import email.utils
import json
import math
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

try:
    import urllib3
    from urllib3.exceptions import (
        ConnectTimeoutError,
        HTTPError,
        NameResolutionError,
        NewConnectionError,
        ProxyError,
        ReadTimeoutError,
        SSLError,
    )
except ImportError:
    from kaitogen.files.cluster.problems import no_library

    raise no_library() from None

from kaitogen import __version__
from kaitogen.diagnostics.wording import printable
from kaitogen.files.cluster import problems
from kaitogen.files.cluster.login import Connection
from kaitogen.files.cluster.problems import Asked
from kaitogen.model import Json

#: What a server says when it is there and cannot answer now.
_BUSY: Final = {429, 500, 502, 503, 504}
_SHOWN: Final = 200
_CHUNK: Final = 1 << 20


class Limits(NamedTuple):
    """Seconds, numbers and bytes after which a question is given up.

    `whole` bounds one answer from its first byte to its last, `wait` the pause that a server may
    ask for before the next try, `first` is the pause after the first failure; it doubles.
    """

    connect: float = 10
    read: float = 30
    whole: float = 60
    tries: int = 5
    first: float = 0.5
    wait: float = 30
    size: int = 256 * 2**20


class Answer(NamedTuple):
    """What came back: status, the value where it is JSON, and the value of Retry-After."""

    status: int
    value: Json
    retry_after: str | None


class _Cut(Exception):
    """No whole answer came; asking once more may help. The reason is in `args`."""


class Server:
    """An API server that is asked over one connection; every failure is a ClusterError."""

    def __init__(self, connection: Connection, limits: Limits, told: Callable[[str], None]) -> None:
        self.where = connection.where
        self._connection = connection
        self._limits = limits
        self._told = told

    def ask(self, path: str, query: Mapping[str, str], asked: Asked) -> Answer:
        """The answer of status 200, 404 or 410; the same question again where the server is busy or the line was cut."""
        pause = self._limits.first
        for tried in range(1, self._limits.tries + 1):
            wait: float = pause
            try:
                answer = self._once(path, query)
            except _Cut as cut:
                reason = str(cut)
                if tried == self._limits.tries:
                    raise problems.unreachable(self.where, f"{reason} ({tried} tries)") from None
            else:
                if answer.status not in _BUSY:
                    return self._accepted(answer, asked)
                reason = f"answers {answer.status} {_reason(answer)}".rstrip()
                wait = max(wait, _seconds(answer.retry_after))
                if wait > self._limits.wait:
                    raise problems.busy(self.where, f"{reason} and asks to come back in {wait:.3g} s")
                if tried == self._limits.tries:
                    raise problems.busy(self.where, f"{reason} ({tried} tries)")
            self._told(f"{self.where} {reason}; asking again in {wait:.3g} s")
            time.sleep(wait)
            pause *= 2
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        """Close the connection."""
        self._connection.pool.clear()

    def _accepted(self, answer: Answer, asked: Asked) -> Answer:
        status, reason = answer.status, _reason(answer)
        if status in {200, 404, 410}:
            return answer
        if status == 401:
            raise problems.unauthorized(self.where, "the credentials are not accepted (401)")
        if status == 403:
            raise problems.forbidden(self.where, asked, _user_in(reason))
        raise problems.nonsense(self.where, f"status {status} {reason}".rstrip())

    def _once(self, path: str, query: Mapping[str, str]) -> Answer:
        configuration, limits = self._connection.configuration, self._limits
        headers = {"Accept": "application/json", "User-Agent": f"kaitogen/{__version__}"}
        for one in configuration.auth_settings().values():
            if one["in"] == "header" and one["value"]:
                headers[one["key"]] = one["value"]
        try:
            response = self._connection.pool.request(
                "GET",
                f"{configuration.host}{path}?{urlencode(query)}",
                headers=headers,
                preload_content=False,
                redirect=False,
                retries=False,
                timeout=urllib3.Timeout(connect=limits.connect, read=limits.read),
            )
            body = self._read(response)
        except (HTTPError, OSError) as error:
            raise self._failure(error) from None
        return Answer(response.status, _value(body), response.headers.get("Retry-After"))

    def _read(self, response: Any) -> bytearray:
        body = bytearray()
        until = time.monotonic() + self._limits.whole
        try:
            while part := response.read1(_CHUNK):
                body += part
                if len(body) > self._limits.size:
                    words = f"more than {self._limits.size // 2**20} MiB in one page"
                    raise problems.nonsense(self.where, words)
                if time.monotonic() > until:
                    raise _Cut(f"did not finish an answer within {self._limits.whole:.3g} s")
        except BaseException:
            response.close()  # what is left of the answer must not be taken for the next one
            raise
        response.release_conn()
        return body

    def _failure(self, error: Exception) -> Exception:
        """What a failed request means; of the library's words none is repeated."""
        limits = self._limits
        if isinstance(error, NameResolutionError):
            return problems.unreachable(self.where, "its name is not known to the name servers")
        if isinstance(error, ConnectTimeoutError) and not isinstance(error, NewConnectionError):
            return problems.unreachable(self.where, f"does not answer within {limits.connect:.3g} s")
        if isinstance(error, NewConnectionError):
            reason = _system_reason(error) or "no connection could be made"
            return problems.unreachable(self.where, reason)
        if isinstance(error, ProxyError):
            return problems.unreachable(self.where, "the proxy on the way to it does not let us through")
        if isinstance(error, ReadTimeoutError):
            return _Cut(f"does not answer within {limits.read:.3g} s")
        if isinstance(error, SSLError | ssl.SSLError):
            return self._tls_failure(error)
        return _Cut("the connection was cut")

    def _tls_failure(self, error: Exception) -> Exception:
        seen: BaseException | None = error
        while seen is not None:
            if isinstance(seen, ssl.SSLCertVerificationError):
                return problems.bad_certificate(self.where, seen.verify_message)
            if isinstance(seen, ssl.SSLError):
                reason = (seen.reason or "").lower().replace("_", " ")
                if isinstance(seen, ssl.SSLEOFError | ssl.SSLZeroReturnError):
                    break
                if "alert" in reason:
                    return problems.unauthorized(
                        self.where, f"the client certificate is not accepted ({reason})"
                    )
                return problems.nonsense(self.where, f"it does not speak TLS ({reason})")
            seen = seen.args[0] if seen.args and isinstance(seen.args[0], BaseException) else seen.__cause__
        return _Cut("the connection was cut")


def _value(body: bytearray) -> Json:
    """The JSON value of a body; the text where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body[:_SHOWN].decode("utf-8", "replace")


def _reason(answer: Answer) -> str:
    """The server's own message; nothing of a page that is not its own."""
    message = answer.value.get("message") if isinstance(answer.value, dict) else None
    return printable(message[:_SHOWN]) if isinstance(message, str) else ""


def _user_in(message: str) -> str:
    """The user that a refusal names: `nodes is forbidden: User "ci" cannot list ...`."""
    _, found, rest = message.partition('User "')
    return rest.partition('"')[0] if found else ""


def _system_reason(error: NewConnectionError) -> str:
    cause = error.__cause__ or error.__context__
    return (getattr(cause, "strerror", None) or "").lower()


def _seconds(retry_after: str | None) -> float:
    """The pause that a header asks for, as a number or as a date; 0 where it says nothing usable."""
    if retry_after is None:
        return 0
    try:
        seconds = float(retry_after)
    except ValueError:
        pass
    else:
        return max(0.0, seconds) if math.isfinite(seconds) else 0
    try:
        return max(0.0, email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return 0
