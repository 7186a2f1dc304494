"""What a document of a type must have (行文规则). Each rule names its source; a test names each rule.

Source: 党政机关公文处理工作条例 (2012), articles 9, 15 and 25; reference §1.2 and §1.5.
"""

import re
from collections.abc import Sequence

from office.documents import errors
from office.documents.kinds import Kind

_BETWEEN = re.compile(r"[、，,；;\n]+")


def addressees_of(text: str) -> list[str]:
    """The addressees (主送机关) in a line as people write it: 各乡镇人民政府，县直各部门."""
    return [each for part in _BETWEEN.split(text) if (each := " ".join(part.split()))]


def check(kind: Kind, *, addressees: Sequence[str], signer: str) -> None:
    """Hold a document against the rules of its type. Raises SignerMissing, OneAddressee."""
    # Article 9 (7): an upward document names who signed it.
    if kind.is_upward and not signer.strip():
        raise errors.SignerMissing(params={"kind": kind.label})
    # Article 15 (1): in principle one addressee; a request for instructions has exactly one.
    if kind == Kind.REQUEST and len(addressees) != 1:
        raise errors.OneAddressee(params={"kind": kind.label})
