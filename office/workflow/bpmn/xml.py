"""XML from strangers: no document types, no entities, no network; bounded in size and depth."""

import codecs
import re
from collections.abc import Iterator

from lxml import etree

from office.workflow.bpmn import limits

ENCODINGS = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "ascii": "ascii", "utf-16": "utf-16",
    "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "ucs-2": "utf-16", "iso-10646-ucs-2": "utf-16",
    "unicode": "utf-16",
    **dict.fromkeys(("gb2312", "gb_2312-80", "euc-cn", "gbk", "x-gbk", "cp936", "ms936", "gb18030"), "gb18030"),
    **dict.fromkeys(("big5", "x-big5"), "big5"), "big5-hkscs": "big5hkscs", "cp950": "cp950",
    **dict.fromkeys(("shift_jis", "shift-jis", "x-sjis", "sjis", "windows-31j", "ms932", "cp932"), "cp932"),
    "euc-jp": "euc_jp", "euc-kr": "euc_kr", "ks_c_5601-1987": "cp949", "ms949": "cp949",
    "latin1": "latin-1", "iso8859-1": "latin-1", "iso8859_1": "latin-1", "koi8-r": "koi8-r",
    **{f"iso-8859-{number}": f"iso8859-{number}" for number in (*range(1, 12), 13, 14, 15, 16)},
    **{f"{name}125{number}": f"cp125{number}" for name in ("windows-", "cp") for number in range(9)},
    # Editors of Apple's and Java's name the encoding of the machine that they ran on.
    **dict.fromkeys(("macroman", "macintosh", "mac", "x-macroman"), "mac_roman"),
}  # fmt: skip
_DECLARATION = re.compile(r"^\s*<\?xml\b([^>]{0,200})\?>")
# What may stand before the first element, without a document type.
_PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_ENCODING = re.compile(r"""encoding\s*=\s*["']([\w.\-]{1,40})["']""")


class Unreadable(ValueError):
    """Bytes that are not taken as XML; `code` and `params` are those of a finding."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def parse(content: bytes) -> etree._Element:
    """The root of a document. Raises Unreadable."""
    if len(content) > limits.BYTES:
        raise Unreadable("too_large", limit=limits.BYTES // (1024 * 1024))
    text = _DECLARATION.sub("", _decode(content).lstrip("\ufeff"), count=1).strip()
    # A document type may declare entities that grow or read files: none is taken, whatever it says. It can
    # stand before the first element only; in a text (a template of a mail, say) it declares nothing.
    before = _PROLOG.match(text)
    if before is not None and text.startswith("<!", before.end()):
        raise Unreadable("doctype")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, dtd_validation=False, no_network=True,
        huge_tree=False, remove_comments=True, remove_pis=True, recover=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise Unreadable("not_xml", line=line) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("doctype")
    if sum(1 for _ in root.iter()) > limits.XML_ELEMENTS:
        raise Unreadable("too_large", limit=limits.BYTES // (1024 * 1024))
    return root


def _decode(content: bytes) -> str:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _decoded(content, name)
    if content[:4] == b"<\x00?\x00":
        return _decoded(content, "utf-16-le")
    if content[:4] == b"\x00<\x00?":
        return _decoded(content, "utf-16-be")
    head = _DECLARATION.match(content[:300].decode("latin-1"))
    declared = _ENCODING.search(head[1]) if head else None
    name = declared[1].lower() if declared else "utf-8"
    if name not in ENCODINGS:
        if content.isascii():
            return content.decode("ascii")
        raise Unreadable("encoding", name=name)
    # Read as bytes, the declaration cannot be of UTF-16: tools that hand on texts forget to change it.
    return _decoded(content, "utf-8" if ENCODINGS[name].startswith("utf-16") else ENCODINGS[name])


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError:
        raise Unreadable("encoding", name=name) from None


def split(tag: object) -> tuple[str, str]:
    """Namespace and local name of a tag or attribute."""
    if not isinstance(tag, str):
        return "", ""
    if tag.startswith("{"):
        space, _, local = tag[1:].partition("}")
        return space, local
    return "", tag


def children(element: etree._Element, space: str, *names: str) -> Iterator[etree._Element]:
    """The children with one of these names (any, without names) in a namespace."""
    for child in element:
        found, local = split(child.tag)
        if found == space and (not names or local in names):
            yield child


def child(element: etree._Element, space: str, name: str) -> etree._Element | None:
    """The first child of that name."""
    return next(children(element, space, name), None)


def text_of(element: etree._Element | None) -> str:
    """The text directly inside, trimmed."""
    return (element.text or "").strip() if element is not None else ""
