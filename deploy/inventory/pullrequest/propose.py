"""Propose the inventory of the cluster that this pod runs in as a change of a repository, where it changed.

CLUSTER is the name that the inventory gives the cluster, FILE where it stands in the
repository, BASE the branch that should have it, BRANCH the one that proposes it (there is one
at a time). FORGE says who is asked to take it: github (API at API) or gitlab (which needs no
more than the push). What differs in nothing but the time is proposed once it is REFRESH_DAYS
old, so that nobody is warned of an old inventory. Needs kaitogen[live] and git.
"""

import base64
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

BRANCH = os.environ.get("BRANCH", "kaitogen/inventory")
BASE = os.environ.get("BASE", "main")
FILE = os.environ.get("FILE", "nodes.yaml")
#: Lines of an inventory that differ from one time to the next although no node does.
ABOUT = re.compile(r"(?m)^  (taken|tool): .*\n")
TAKEN = re.compile(r"(?m)^  taken: \W?(\d{4}-\d\d-\d\d)")


class Failed(Exception):
    """What went wrong, in words for the log."""


def main() -> int:
    """Propose once; the exit code."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _propose(folder, _token())
    except (Failed, OSError) as error:
        sys.stderr.write(f"propose: {error}\n")
        return 1


def _propose(folder: str, token: str) -> int:
    env = _environment(token)
    work = os.path.join(folder, "work")
    _git(folder, env, "clone", "--quiet", "--depth=1", f"--branch={BASE}", os.environ["REPOSITORY"], work)
    old = _read(os.path.join(work, FILE))
    changes = _snapshot(work, merge=bool(old))
    new = _read(os.path.join(work, FILE))
    # Of what was taken twice within a second there is nothing to commit.
    if old and (old == new or (ABOUT.sub("", old) == ABOUT.sub("", new) and not _is_old(old))):
        sys.stderr.write(f"propose: {FILE} is up to date\n")
        return 0
    if _proposed(work, env, new):
        sys.stderr.write(f"propose: {BRANCH} proposes it already\n")
    else:
        title = f"Update {FILE}" if old else f"Add {FILE}"
        _git(work, env, "checkout", "--quiet", "-B", BRANCH)
        _git(work, env, "add", "--", FILE)
        _git(work, env, "commit", "--quiet", "-m", title, "-m", changes or "Only the time changed.")
        options = _gitlab(title) if os.environ.get("FORGE") == "gitlab" else []
        _git(work, env, "push", "--quiet", "--force", *options, "origin", BRANCH)
        sys.stderr.write(f"propose: pushed {BRANCH}\n")
    if os.environ.get("FORGE", "github") == "github":
        _open_pull_request(token, f"Update {FILE}", changes)
    return 0


def _snapshot(work: str, *, merge: bool) -> str:
    """Write the inventory of now over the old one; what changed, in words."""
    command = ["kaitogen", "nodes", "snapshot", "--live", "-o", FILE]
    if cluster := os.environ.get("CLUSTER"):
        command += ["--cluster", cluster]
    if merge:
        command += ["--merge", FILE]
    path = os.path.join(work, FILE)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(done.stderr.strip())
    return "\n".join(line for line in done.stderr.splitlines() if ": wrote " not in line)


def _is_old(text: str) -> bool:
    taken = TAKEN.search(text)
    if taken is None:
        return True
    day = datetime.date.fromisoformat(taken[1])
    return (datetime.datetime.now(datetime.UTC).date() - day).days >= int(os.environ.get("REFRESH_DAYS", "7"))


def _proposed(work: str, env: dict[str, str], new: str) -> bool:
    """Whether the branch is there and holds the same nodes."""
    if not _git(work, env, "ls-remote", "--heads", "origin", BRANCH).strip():
        return False
    _git(work, env, "fetch", "--quiet", "--depth=1", "origin", BRANCH)
    there = subprocess.run(
        ["git", "show", f"FETCH_HEAD:{FILE}"],
        cwd=work,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    return (
        not there.returncode
        and ABOUT.sub("", there.stdout) == ABOUT.sub("", new)
        and not _is_old(there.stdout)
    )


def _gitlab(title: str) -> list[str]:
    """Push options that make the merge request, or leave the one that is there."""
    values = ("merge_request.create", f"merge_request.target={BASE}", f"merge_request.title={title}")
    return [word for value in values for word in ("-o", value)]


def _open_pull_request(token: str, title: str, changes: str) -> None:
    """Open the request where none is open for the branch."""
    project = os.environ["PROJECT"]
    head = urllib.parse.quote(f"{project.partition('/')[0]}:{BRANCH}")
    if _github(token, f"/repos/{project}/pulls?state=open&head={head}"):
        return
    body = {"title": title, "head": BRANCH, "base": BASE, "body": changes}
    made = _github(token, f"/repos/{project}/pulls", body)
    sys.stderr.write(f"propose: opened {made['html_url']}\n")


def _github(token: str, path: str, body: object = None) -> "dict[str, str]":
    request = urllib.request.Request(  # noqa: S310 - an address that this job's owner chose
        os.environ.get("API", "https://api.github.com") + path,
        None if body is None else json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - see above
            found: dict[str, str] = json.load(answer)
            return found
    except urllib.error.HTTPError as error:
        raise Failed(f"GitHub answers {error.code} {error.reason} to {path.partition('?')[0]}") from None
    except ValueError:
        raise Failed("GitHub's answer is not JSON: check API") from None


def _git(folder: str, env: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise Failed(f"git {words[0]}: {done.stderr.strip()}")
    return done.stdout


def _environment(token: str) -> dict[str, str]:
    """The token for git, where neither a list of processes nor a message of git shows it."""
    secret = base64.b64encode(f"oauth2:{token}".encode()).decode()
    settings = {
        f"http.{os.environ['REPOSITORY']}.extraHeader": f"Authorization: Basic {secret}",
        "user.name": "kaitogen",
        "user.email": "kaitogen@localhost",
        "core.hooksPath": os.devnull,
    }
    env = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        env[f"GIT_CONFIG_KEY_{number}"], env[f"GIT_CONFIG_VALUE_{number}"] = key, value
    return env


def _token() -> str:
    with open(os.environ.get("TOKEN_FILE", "/token/token"), encoding="utf-8") as file:
        return file.read().strip()


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
