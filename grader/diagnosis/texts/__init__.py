"""The texts of explanations that do not depend on the function.

`GENERAL[name]` is `(what happened, a question)`; `diagnosis` fills in the fields in braces. Each
module holds the texts for one kind of failure.
"""

from .conduct import CONDUCT
from .exceptions import EXCEPTIONS
from .forms import FORMS
from .rules import RULES
from .slips import SLIPS

GENERAL: dict[str, tuple[str, str]] = RULES | SLIPS | FORMS | CONDUCT | EXCEPTIONS
