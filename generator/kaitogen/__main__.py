"""Where every command starts and ends: streams, interrupts and exit codes."""

import gc
import os
import sys

from kaitogen import quick_imports

quick_imports.install()

from kaitogen.commands.result import CommonOptions, deliver, write_stderr
from kaitogen.errors import EXIT_BUG, EXIT_INTERRUPTED, EXIT_OK, EnvironmentFailure, KaitogenError
from kaitogen.typed import NoReturn, Sequence


def main() -> NoReturn:
    """The console script. Ends the process itself: nothing is left to do that Python's own end would do."""
    # Of the processor time of a render of one intent, the collector takes 5 % and Python's own end 11 %.
    gc.disable()
    arguments = sys.argv[1:]
    code = None
    if arguments[:2] == ["argocd", "generate"]:
        from kaitogen.commands import bounds

        code = bounds.watched()
    if code is None:
        code = run(arguments)
    try:
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):
        pass  # what matters was written and checked before
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command line on the real streams; returns the exit code and raises nothing."""
    try:
        try:
            return _run(arguments)
        except KaitogenError as error:
            return _failed(error)
        except FileNotFoundError:
            if _is_somewhere():
                raise
            return _failed(EnvironmentFailure("the current folder was removed", fix="change to another one"))
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return EXIT_OK
    except Exception as error:  # noqa: BLE001 - the last resort: a bug of ours, reported as such
        write_stderr(_bug(error))
        return EXIT_BUG


def _run(arguments: Sequence[str]) -> int:
    from kaitogen.cli import registry

    parsed = None if registry.COMPLETE_VARIABLE in os.environ else registry.parse(arguments)
    if parsed is None:
        from kaitogen.cli import click_parser  # help, completion, and whatever has to be explained

        answer = click_parser.parse(arguments)
        if isinstance(answer, int):
            return answer
        parsed = answer
    command, options = parsed
    common = CommonOptions(**options.given)
    if common.color != "auto":
        from kaitogen.diagnostics import terminal  # most runs leave it to the terminal

        terminal.choose(always=common.color == "always")
    limits = common.limits
    if limits.time_limit is None and limits.memory_limit is None:
        outcome = command.run(options)
    else:
        from kaitogen.commands import bounds  # most runs are not limited

        stopped = command.stopped or bounds.stopped
        outcome = bounds.bounded(lambda: command.run(options), limits.seconds, limits.mebibytes, stopped)
    if common.quiet and outcome.exit_code == EXIT_OK:
        outcome = outcome._replace(stderr="")
    limits.check_output(outcome.size)
    return deliver(outcome)


def _failed(error: KaitogenError) -> int:
    from kaitogen.diagnostics.formats.as_text import failure
    from kaitogen.diagnostics.terminal import colours

    write_stderr(failure(error, colour=colours()))
    return error.exit_code


def _is_somewhere() -> bool:
    """Whether there is a current folder: somebody else may have removed it, and then no path has an absolute form."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    return True


def _bug(error: Exception) -> str:
    """What a person needs to report a bug: where it was, and no wall of text."""
    trace, place = error.__traceback__, "?"
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{os.path.basename(code.co_filename)}:{trace.tb_lineno} in {code.co_name}"
        trace = trace.tb_next
    message = ascii(str(error)[:200])[1:-1]
    return (
        f"{type(error).__name__} at {place}: {message}\n"
        f"kaitogen: this is a bug in kaitogen, at {place}; please report it with the input; nothing was written\n"
    )


def krm() -> NoReturn:
    """The console script `kaitogen-krm`: the command `kaitogen krm` under a name that kustomize finds on PATH."""
    sys.argv.insert(1, "krm")
    main()


if __name__ == "__main__":
    main()
