"""What stands on every element of a drawing: its id, its name, its yes and no."""

from lxml import etree

from office.workflow.bpmn import limits


def label(element: etree._Element) -> str:
    """The name on an element, in one line."""
    return " ".join(element.get("name", "").split())[: limits.NAME_LENGTH]


def identifier(element: etree._Element) -> str:
    """The id of an element."""
    return element.get("id", "").strip()


def is_true(element: etree._Element, attribute: str) -> bool:
    """Whether an attribute says yes."""
    return element.get(attribute, "").strip() in ("true", "1")
