"""One question to an API server and its answer: bounded in time, size and number of tries."""

import email.utils
import json
import math
import ssl
import time
from urllib.parse import urlencode

from kaitogen.typed import Callable, Final, Mapping, NamedTuple

try:
    import urllib3
    from urllib3 import exceptions
except ImportError:
    from kaitogen.files.cluster.problems import no_library

    raise no_library() from None

from kaitogen import __version__
from kaitogen.diagnostics.wording import printable
from kaitogen.files.cluster import problems
from kaitogen.files.cluster.login import Connection
from kaitogen.files.cluster.problems import KG624, KG625, KG626, KG630, Action, ClusterError
from kaitogen.model import Json

#: What a server says when it is there and cannot answer now.
_BUSY: Final = {429, 500, 502, 503, 504}
_SHOWN: Final = 200
_CUT: Final = "the connection was cut"


class Limits(NamedTuple):
    """Seconds, numbers and bytes after which a question is given up.

    `whole` bounds one answer from its first byte to its last, `wait` the pause that a server may
    ask for before the next try, `first` is the pause after the first failure; it doubles. `values` are those of a
    page: an empty list takes three of its bytes, and seventy of memory.
    """

    connect: float = 10
    read: float = 30
    whole: float = 60
    tries: int = 5
    first: float = 0.5
    wait: float = 30
    size: int = 256 * 2**20
    values: int = 4_000_000


class Answer(NamedTuple):
    """What came back: status, the value where it is JSON, and the value of Retry-After."""

    status: int
    value: Json
    retry_after: str | None

    @property
    def message(self) -> str:
        """The server's own message; nothing of a page that is not its own."""
        message = self.value.get("message") if isinstance(self.value, dict) else None
        return printable(message[:_SHOWN]) if isinstance(message, str) else ""


class _Cut(Exception):
    """No whole answer came; asking once more may help. The reason is in `args`."""


class Server:
    """An API server that is asked over one connection; every failure is a ClusterError."""

    def __init__(self, connection: Connection, limits: Limits, progress: Callable[[str], None]) -> None:
        #: The name of the context's cluster; `in-cluster` in a pod.
        self.name = connection.cluster
        self.where = connection.where
        self._connection = connection
        self._limits = limits
        self._progress = progress

    def close(self) -> None:
        """Close the connection."""
        self._connection.pool.clear()

    def ask(self, path: str, query: Mapping[str, str], action: Action) -> Answer:
        """The answer of status 200, 404 or 410; the same question again where the server is busy or the line was cut."""
        limits = self._limits
        for tried in range(1, limits.tries + 1):
            pause = limits.first * 2 ** (tried - 1)
            rule = KG624
            try:
                answer = self._once(path, query)
                if answer.status not in _BUSY:
                    return self._accepted(answer, action)
                rule, reason = KG630, f"answers {answer.status} {answer.message}".rstrip()
                pause = max(pause, _seconds(answer.retry_after))
                if pause > limits.wait:
                    raise ClusterError(rule, self.where, f"{reason} and asks to come back in {pause:.3g} s")
            except _Cut as cut:
                reason = str(cut)
            if tried < limits.tries:
                self._progress(f"{self.where} {reason}; asking again in {pause:.3g} s")
                time.sleep(pause)
        raise ClusterError(rule, self.where, f"{reason} ({limits.tries} tries)")

    def _accepted(self, answer: Answer, action: Action) -> Answer:
        if answer.status in {200, 404, 410}:
            return answer
        if answer.status == 401:
            raise ClusterError(KG626, self.where, "the credentials are not accepted (401)")
        if answer.status == 403:
            raise problems.forbidden(self.where, action, _user_in(answer.message))
        raise problems.nonsense(self.where, f"status {answer.status} {answer.message}".rstrip())

    def _once(self, path: str, query: Mapping[str, str]) -> Answer:
        configuration, limits = self._connection.configuration, self._limits
        headers = {"Accept": "application/json", "User-Agent": f"kaitogen/{__version__}"}
        for setting in configuration.auth_settings().values():
            if setting["in"] == "header" and setting["value"]:
                headers[setting["key"]] = setting["value"]
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
        except (exceptions.HTTPError, OSError) as error:
            raise self._failure(error) from None
        if sum(map(body.count, (b",", b"[", b"{"))) > limits.values:
            raise problems.nonsense(self.where, f"more than {limits.values:,} values in one page")
        return Answer(response.status, _value(body), response.headers.get("Retry-After"))

    def _read(self, response: urllib3.BaseHTTPResponse) -> bytearray:
        body = bytearray()
        until = time.monotonic() + self._limits.whole
        try:
            while part := response.read1(1 << 20):
                body += part
                if len(body) > self._limits.size:
                    message = f"more than {self._limits.size // 2**20} MiB in one page"
                    raise problems.nonsense(self.where, message)
                if time.monotonic() > until:
                    raise _Cut(f"did not finish an answer within {self._limits.whole:.3g} s")
        except BaseException:
            response.close()  # what is left of the answer must not be taken for the next one
            raise
        response.release_conn()
        return body

    def _failure(self, error: Exception) -> Exception:
        """What a failed request means; nothing of the library's own message is repeated."""
        if isinstance(error, exceptions.NameResolutionError):
            reason = "its name is not known to the name servers"
        elif isinstance(error, exceptions.NewConnectionError):
            cause = error.__cause__ or error.__context__
            reason = (getattr(cause, "strerror", None) or "no connection could be made").lower()
        elif isinstance(error, exceptions.ConnectTimeoutError):
            reason = f"does not answer within {self._limits.connect:.3g} s"
        elif isinstance(error, exceptions.ProxyError):
            reason = "the proxy on the way to it does not let us through"
        elif isinstance(error, exceptions.ReadTimeoutError):
            return _Cut(f"does not answer within {self._limits.read:.3g} s")
        elif isinstance(error, exceptions.SSLError | ssl.SSLError):
            return self._tls_failure(error)
        else:
            return _Cut(_CUT)
        return ClusterError(KG624, self.where, reason)

    def _tls_failure(self, error: BaseException) -> Exception:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, ssl.SSLError):
            inner = cause.args[0] if cause.args else None
            cause = inner if isinstance(inner, BaseException) else cause.__cause__
        if isinstance(cause, ssl.SSLCertVerificationError):
            message = f"its certificate is not trusted: {cause.verify_message}"
            return ClusterError(KG625, self.where, message)
        if cause is None or isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return _Cut(_CUT)
        reason = (cause.reason or "").lower().replace("_", " ")
        if "alert" in reason:
            return ClusterError(KG626, self.where, f"the client certificate is not accepted ({reason})")
        return problems.nonsense(self.where, f"it does not speak TLS ({reason})")


def _value(body: bytearray) -> Json:
    """The JSON value of a body; the text where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body[:_SHOWN].decode("utf-8", "replace")


def _user_in(message: str) -> str:
    """The user that a refusal names: `nodes is forbidden: User "ci" cannot list ...`."""
    _, found, rest = message.partition('User "')
    return rest.partition('"')[0] if found else ""


def _seconds(retry_after: str | None) -> float:
    """The pause that a header asks for, as a number or as a date; 0 where it says nothing usable."""
    try:
        seconds = float(retry_after or "0")
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(retry_after or "").timestamp() - time.time()
        except ValueError:
            return 0
    return max(0.0, seconds) if math.isfinite(seconds) else 0
