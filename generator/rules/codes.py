"""What every KG4xx code means, for people: the registry behind `kaitogen explain` and the documentation.

Never imported while rendering: the rules write their codes out.
"""

from typing import Final

from generator.rules.code import Code
from generator.rules.codes_inference import INFERENCE
from generator.rules.codes_resource import RESOURCE
from generator.rules.codes_traps import TRAPS
from generator.rules.codes_tuning import TUNING
from generator.rules.codes_warnings import WARNINGS

CODES: Final[dict[str, Code]] = {
    code.code: code for code in (*RESOURCE, *INFERENCE, *TUNING, *sorted((*TRAPS, *WARNINGS)))
}
