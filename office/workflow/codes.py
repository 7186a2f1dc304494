"""How a process is named by other processes and by functions."""

import re
from typing import Final

CODE: Final = re.compile(r"[a-z](?:_?[a-z0-9])*")
LONGEST_CODE: Final = 40
