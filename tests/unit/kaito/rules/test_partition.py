"""What is said of a mig profile that KAITO does not have."""

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.model import Target
from tests.unit.kaito.rules.workspaces import BYO, change

_BYO = Target("0.12", node_provisioner="byo", feature_gates={"enableMIG": True})
_ONE = "1g.5gb, 1g.6gb, 1g.10gb, 1g.12gb, 1g.18gb, 1g.20gb, 1g.23gb, 1g.24gb, 1g.35gb, 1g.45gb"


@pytest.mark.parametrize(
    ("profile", "message", "known"),
    [
        ("", "mode mig needs a profile", _ONE),
        ("large", "profile large is not in KAITO's table", _ONE),
        ("9g.5gb", "profile 9g.5gb is not in KAITO's table", _ONE),
        ("2g.5gb", "profile 2g.5gb is not in KAITO's table", "2g.10gb, 2g.12gb, 2g.20gb, 2g.24gb, 2g.35gb, 2g.45gb"),
    ],
)  # fmt: skip
def test_profiles(profile: str, message: str, known: str) -> None:
    workspace = change(BYO, {"resource.partition": {"mode": "mig", "profile": profile}})
    (one,) = [one for one in judge(RuleContext(workspace, _BYO)) if one.code == "KG418"]
    assert (one.message, one.fix) == (message, f"take one of {known}")
