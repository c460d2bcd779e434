"""The way from an intent to manifests: one file a stage, and the one function that names their order."""


class _Current:
    """What the stages work on now, for whoever has to say so when it stops them: a file, an intent in it, all files read.

    `contents` gets the bytes of every file by its name, for whoever set it to a mapping before.
    """

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Nothing is worked on yet."""
        self.file = ""
        self.workspace = ""
        self.files: list[str] = []
        #: The process that fills in a user's templates; 0 where there is none.
        self.child = 0
        self.contents: dict[str, bytes] | None = None


current = _Current()
