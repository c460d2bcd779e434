"""Findings in the formats that people and machines read; one file for each, and the one model that all of them get."""

from kaitogen.diagnostics.wording import number_of, printable
from kaitogen.errors import EXIT_ENVIRONMENT, EXIT_FINDINGS, EXIT_OK
from kaitogen.model import Diagnostic, Suppressed
from kaitogen.typed import Callable, Final, Mapping, NamedTuple, Sequence


class Report(NamedTuple):
    """What is reported of one run: `workspaces` is how many were looked at, `kinds` how many of each of KAITO's kinds, `strict` says that warnings stop as errors do.

    `explain` gives, by code, the reason for a rule and what to do about it, where a format describes rules.
    """

    findings: Sequence[Diagnostic]
    suppressed: Sequence[Suppressed] = ()
    workspaces: int = 0
    strict: bool = False
    explain: Callable[[str], tuple[str, str]] | None = None
    kinds: Mapping[str, int] = {}

    def stops(self, finding: Diagnostic) -> bool:
        """Whether a finding keeps anything from being written."""
        return finding.severity == "error" or (self.strict and finding.severity == "warning")

    @property
    def seen(self) -> str:
        """How many objects of each of KAITO's kinds, Workspaces first: `1 Workspace, 2 InferenceSets`."""
        kinds = sorted(self.kinds, key=lambda kind: (kind != "Workspace", kind))
        counts = [number_of(self.kinds[kind], printable(kind)) for kind in kinds if self.kinds[kind]]
        return ", ".join(counts) or number_of(0, "Workspace")

    @property
    def stopping(self) -> list[Diagnostic]:
        """The findings that do."""
        return [finding for finding in self.findings if self.stops(finding)]

    @property
    def exit_code(self) -> int:
        """0 where nothing stops the run, 3 where the environment did, 1 where the user's files did."""
        stopping = self.stopping
        if any(finding.rule.kind == "environment" for finding in stopping):
            return EXIT_ENVIRONMENT
        return EXIT_FINDINGS if stopping else EXIT_OK


#: The formats of a report that a user can ask for.
FORMATS: Final = ("text", "json", "github", "sarif", "junit")


def reporter(name: str) -> Callable[[Report], str]:
    """What writes a whole report in one of FORMATS or for "argocd", with a newline at its end where it is not empty."""
    # Loaded where somebody asks for one: most runs have nothing to report.
    writer: Callable[[Report], str] = __import__(f"{__name__}.as_{name}", fromlist=["write"]).write
    return writer
