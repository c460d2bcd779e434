"""A product that may be too large for memory: the rest of it waits in a temporary file that has no name.

Nothing of it reaches standard output before all of it is made, as with any other product.
"""

from contextlib import suppress

from kaitogen.commands.result import KG612, Outcome
from kaitogen.errors import EnvironmentFailure, reason
from kaitogen.typed import IO, Final, Iterable, Iterator

#: Bytes that are kept in memory, and written or read at once.
CHUNK: Final = 2**20


class Spooled:
    """Bytes in a file. It has a length, and is gone through once, chunk by chunk, and then gone."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __len__(self) -> int:
        return self._file.seek(0, 2)

    def __iter__(self) -> Iterator[bytes]:
        with self._file as file:
            file.seek(0)
            while chunk := file.read(CHUNK):
                yield chunk


def spooled(parts: Iterable[str]) -> Outcome:
    """The parts together: in memory where they are few, or where there is no folder for such files, else in a file."""
    memory = bytearray()
    file: IO[bytes] | None = None
    asked = False
    for part in parts:
        memory += part.encode("utf-8", "backslashreplace")
        if len(memory) > CHUNK and not asked:
            file, asked = _file(), True
        if file is not None and len(memory) > CHUNK:
            _move(memory, file)
    if file is None:
        return Outcome(bytes(memory))
    _move(memory, file)
    return Outcome(spooled=Spooled(file))


def _file() -> IO[bytes] | None:
    from tempfile import TemporaryFile  # costs more than most plans need

    try:
        return TemporaryFile()
    except OSError:  # a file system that nothing may be written to
        return None


def _move(memory: bytearray, file: IO[bytes]) -> None:
    """What is in memory to the end of the file; EnvironmentFailure where it has no room for that."""
    try:
        file.write(memory)
        file.flush()
    except OSError as error:
        with suppress(OSError):
            file.close()
        message = f"what is made does not fit into a temporary file: {reason(error)}"
        fix = "let TMPDIR name a folder with room, or make less at a time"
        raise EnvironmentFailure(message, fix=fix, rule=KG612, where="standard output") from None
    memory.clear()
