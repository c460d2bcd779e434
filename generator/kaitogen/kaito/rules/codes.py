"""What every KG4xx code means, for people: the registry behind `kaitogen explain` and the documentation.

Never imported while rendering: the rules write their codes out.
"""

from typing import Final

from kaitogen.kaito.rules.code import Code
from kaitogen.kaito.rules.codes_inference import INFERENCE
from kaitogen.kaito.rules.codes_resource import RESOURCE
from kaitogen.kaito.rules.codes_traps import TRAPS
from kaitogen.kaito.rules.codes_tuning import TUNING
from kaitogen.kaito.rules.codes_warnings import WARNINGS

CODES: Final[dict[str, Code]] = {
    code.code: code for code in (*RESOURCE, *INFERENCE, *TUNING, *sorted((*TRAPS, *WARNINGS)))
}
