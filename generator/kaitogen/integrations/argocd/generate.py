"""`kaitogen argocd generate`: the manifests of one application, for Argo CD's sidecar.

A pure function of the files, the parameters and the settings of plugin.yaml: it asks
neither the clock nor the network nor a cluster, and writes nothing but standard output.
"""

import os
from itertools import chain

from kaitogen.commands.options import OptionGroup, option
from kaitogen.commands.result import Outcome, limit, printed
from kaitogen.diagnostics.formats import Report
from kaitogen.errors import EXIT_ENVIRONMENT, KaitogenError, reason
from kaitogen.integrations.argocd import calls, folder, parameters
from kaitogen.integrations.argocd.folder import WITHIN
from kaitogen.integrations.argocd.parameters import AppParameters
from kaitogen.model import Assignment, Diagnostic, Request, Result, Rule
from kaitogen.pipeline.emit import parts
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import KG110, KG112, is_all_empty
from kaitogen.typed import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kaitogen.pipeline.project import Project

KG156 = Rule("KG156", "Nothing to deploy", kind="invalid")


#: Less than Argo CD's own 60 s.
SECONDS: Final = 40
MEBIBYTES: Final = 256


class Options(OptionGroup):
    """Of `kaitogen argocd generate`."""

    within = WITHIN
    templates = option(
        "--templates",
        metavar="FOLDER",
        help="A folder of templates in the application's own folder, used where it is there.",
    )
    time_limit = option(
        "--time-limit", metavar="SECONDS", default=str(SECONDS), help="Seconds after which to stop."
    )
    memory_limit = option("--memory-limit", metavar="MIB", default=str(MEBIBYTES), help="Memory to stop at.")
    calls_at_once = option(
        "--calls-at-once",
        metavar="NUMBER",
        default=str(calls.CALLS),
        help="How many calls may be at work; others wait.",
    )


def run(options: Options) -> Outcome:
    """All manifests of the application's folder, or none and why."""
    try:
        seconds = limit("--time-limit", options.time_limit) / 2
        held = calls.place(limit("--calls-at-once", options.calls_at_once), seconds)
        outcome = _outcome(options)
        if held is not None:
            held.close()
        return outcome
    except KaitogenError as error:
        return _failure(error.message, error.fix, error.exit_code)
    except OSError as error:
        return _failure(f"the folder cannot be read: {reason(error)}", "", EXIT_ENVIRONMENT)


def stopped(finding: Diagnostic) -> Outcome:
    """What is said where a limit ends the run."""
    finding = finding._replace(file="the application") if finding.file == "this run" else finding
    return Outcome(stderr=_text(Report([finding])), exit_code=EXIT_ENVIRONMENT)


def _failure(message: str, fix: str, code: int) -> Outcome:
    from kaitogen.diagnostics.formats import as_argocd  # most calls come to their end

    return Outcome(stderr=as_argocd.failure(message, fix), exit_code=code)


def _text(report: Report) -> str:
    if not report.findings:
        return ""
    from kaitogen.diagnostics.formats import as_argocd  # most applications have nothing to report

    return as_argocd.write(report)


def _outcome(options: Options) -> Outcome:
    app = AppParameters(os.environ)
    top = folder.root(options.within, os.environ.get(folder.SOURCE_PATH_VARIABLE, ""))
    said, unusable = folder.project(top, os.environ.get(folder.SOURCE_PATH_VARIABLE, ""))
    result = _result(app, top, options.templates, said) if not unusable else Result((), tuple(unusable))
    is_strict = app.is_on("strict") if "strict" in app.values else said is not None and said.strict
    report = Report(result.findings, strict=is_strict)
    code, text = report.exit_code, _text(report)
    if code or not result.manifests:
        return Outcome(stderr=text, exit_code=code)
    # A first line of ---: what an image of somebody's prints before can never become part of a manifest.
    product = printed(chain(("---\n",), parts(result.manifests, "yaml")), len(result.manifests))
    return product._replace(stderr=text, exit_code=code)


def _result(app: AppParameters, top: str, templates: str | None, said: "Project | None") -> Result:
    """The manifests and all findings; where parameters are wrong already, only what is wrong with them."""
    named = folder.included(app.values.get("include", (".",)), top, app.sources.get("include", ""))
    inventory, source = app.values.get("inventory", ()), app.sources.get("inventory", "")
    if said is not None and not inventory:
        inventory, source = said.inventory, said.document.file
    facts = folder.included(inventory, top, source)
    over = folder.templates(templates, top, said)
    wrong = [*app.findings, *named.findings, *facts.findings, *over.findings]
    if wrong:
        return Result((), tuple(wrong))
    environment = folder.Paths((), [])
    if "environment" in app.values:
        environment = folder.environment(app.values["environment"], top, app.sources["environment"], said)
    assignments, unset = _assignments(app)
    result = generate(
        Request(
            named.paths,
            findings=(*environment.findings, *unset),
            templates=next(iter(over.paths), None),
            inventory=facts.paths,
            within=top,
            project=None if said is None else said.document,
            environments=environment.paths,
            assignments=tuple(assignments),
        ),
        lean=True,
    )
    empty_allowed = app.is_on("allow_empty")
    # There is no command line here to name a link's file on.
    findings = [
        one._replace(fix="copy the file into the application's folder") if one.rule == KG112 else one
        for one in result.findings
        if not (empty_allowed and one.rule == KG110) and not is_all_empty(one)
    ]
    if not (findings or result.manifests or empty_allowed):
        message = "the intents make no manifest, and Argo CD would take that for success and prune"
        findings.append(
            KG156.in_file(".", message, fix="add an intent, or set the parameter allow_empty: true")
        )
    return result._replace(findings=tuple(findings))


def _assignments(app: AppParameters) -> tuple[list[Assignment], list[Diagnostic]]:
    """The values of parameters that have a name, then those of `set` over them; and what is no path of `set`."""
    assignments = [
        Assignment(None, one.path, text=app.values[one.name], source=app.source(one.name), typed=False)
        for one in parameters.PARAMETERS
        if one.path and one.name in app.values
    ]
    wrong: list[Diagnostic] = []
    for key, text in sorted(app.values.get("set", {}).items()):
        from kaitogen.pipeline import overlay  # few applications lay anything over their intents

        assignment = overlay.assignment(key, text, app.source("set"))
        if assignment is None:
            message = f"{key[:80] or 'an empty key'} is no path of an intent's metadata or spec"
            fix = 'write spec.placement.count, phi-4:spec.placement.count or metadata.labels["a.b/c"]'
            wrong.append(overlay.KG152.in_file(app.sources["set"], message, fix=fix))
        else:
            assignments.append(assignment)
    return assignments, wrong
