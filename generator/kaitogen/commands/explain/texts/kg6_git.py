"""Explanations of KG640 to KG645: what git could not tell about a revision."""

from typing import Final

from kaitogen.commands.explain.texts.shapes import INTENT_FILE, RIGHT, Example, Explanation

#: Lines of a shell that make everything here a commit of a new repository.
_COMMIT: Final = "git -c user.name=me -c user.email=me@example.com commit -qm first"
REPOSITORY: Final = f"git init -q && git add -A && {_COMMIT}"
_FILES: Final = {INTENT_FILE: RIGHT}
_RIGHT: Final = Example(_FILES, f"kaitogen validate --against HEAD {INTENT_FILE}", REPOSITORY)

GIT: Final = (
    Explanation(
        "KG640",
        "environment",
        "Compared with a revision where there is no git repository",
        "--against takes a revision of the repository that the files are in, and git knows none here. It also refuses "
        "a repository whose folder belongs to somebody else, as happens in containers.",
        "Run it in a clone, trust the folder with git config --global --add safe.directory, or compare with a folder.",
        Example(_FILES, f"kaitogen validate --against main {INTENT_FILE}"),
        _RIGHT,
    ),
    Explanation(
        "KG641",
        "environment",
        "A revision that names no commit",
        "The word behind --against is none that git can follow to a commit of this repository. A branch of the remote "
        "is origin/main where it was fetched but never checked out.",
        "Name a branch, a tag or a commit that is here.",
        Example(_FILES, f"kaitogen validate --against mian {INTENT_FILE}", REPOSITORY),
        _RIGHT,
    ),
    Explanation(
        "KG642",
        "environment",
        "Compared with a revision where git is not installed",
        "What files said at a revision is read by the git command, and there is none on PATH. Slim images often have none.",
        "Install git, or compare with a folder.",
        Example(
            _FILES,
            f"kaitogen validate --against HEAD {INTENT_FILE}",
            'PATH=$(dirname "$(command -v kaitogen)")',
        ),
        _RIGHT,
    ),
    Explanation(
        "KG643",
        "environment",
        "A shallow clone that does not reach back to the revision",
        "CI systems fetch the newest commit alone unless they are told otherwise, so that the revision to compare with "
        "is missing. kaitogen fetches nothing itself.",
        "Fetch more: fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 in GitLab, or git fetch --unshallow.",
        Example(
            _FILES,
            f"kaitogen validate --against HEAD~1 clone/{INTENT_FILE}",
            f'{REPOSITORY}\ngit clone -q --depth 1 "file://$PWD" clone',
        ),
        _RIGHT,
    ),
    Explanation(
        "KG644",
        "environment",
        "git cannot read the revision",
        "git knows the revision and could still not hand its files over, for the reason that the finding gives: a path "
        "is outside the repository of the first one, an object is missing in a partial clone, the repository is damaged.",
        "Do what the finding says; git fsck shows a damage.",
        Example(
            {f"serving/{INTENT_FILE}": RIGHT, "phi-5.intent.yaml": RIGHT.replace("phi-4}", "phi-5}", 1)},
            f"kaitogen validate --against HEAD serving/{INTENT_FILE} phi-5.intent.yaml",
            f"cd serving && {REPOSITORY} && cd ..",
        ),
        _RIGHT,
    ),
    Explanation(
        "KG645",
        "environment",
        "A submodule that is not looked into",
        "What a submodule holds belongs to a repository of its own, which is read neither at the revision nor at the "
        "one that the submodule was at. Its intents then look as if they were new.",
        "Run the command inside the submodule.",
        Example(
            {f"serving/{INTENT_FILE}": RIGHT},
            "kaitogen validate --against HEAD serving",
            "git init -q && git add -A && git update-index --add --cacheinfo "
            f"160000,{'1' * 40},serving/tuned && {_COMMIT}",
        ),
        _RIGHT,
    ),
)
