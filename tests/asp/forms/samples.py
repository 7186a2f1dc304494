"""Definitions that tests read."""

from typing import Any

from asp.forms import Definition


def words(zh: str, en: str = "") -> dict[str, str]:
    return {"zh": zh, "en": en or zh}


def field(name: str, kind: str = "text", **options: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind, "label": words(f"{name}栏", f"The {name}"), **options}


def form(*fields: dict[str, Any], **options: Any) -> dict[str, Any]:
    section = {"name": "main", "title": words("基本情况", "Basics"), "fields": list(fields)}
    return {"format": 1, "title": words("申请表", "Application"), "sections": [section], **options}


def definition(*fields: dict[str, Any], **options: Any) -> Definition:
    return Definition.read(form(*fields, **options))


def choices(*values: str) -> list[dict[str, Any]]:
    return [{"value": value, "label": words(f"选项{value}", f"Option {value}")} for value in values]


def everything() -> dict[str, Any]:
    """One field of each kind, as an office would use them: a request for a business trip."""
    first = [
        field("matter", "text", required=True, max_length=100),
        field("reason", "text", multiline=True),
        field("phone", "text", pattern="phone"),
        field("kind", "choice", options=choices("meeting", "training", "other"), required=True),
        field("other", "text", when="kind == 'other'", required=True),
        field("extras", "choice", options=choices("car", "hotel", "meal"), multiple=True),
        field("urgent", "yes_no"),
        field("promise", "yes_no", confirm=True),
        field("people", "number", unit=words("人", "people"), min=1, max=50),
        field("day", "date", earliest="2020-01-01"),
        field("at", "time"),
        field("meet", "datetime"),
        field("trip", "period", days="calendar"),
        field("handler", "person"),
        field("team", "person", many=True),
        field("unit", "department"),
        field("papers", "attachment", max=3),
    ]
    second = [
        field("hint", "note", text=words("按标准填写", "By the standard")),
        field(
            "costs",
            "table",
            columns=[
                field("what", "text", required=True),
                field("count", "number", min=1),
                field("price", "money"),
                field("cost", "computed", expression="count * price", result="money"),
            ],
            sums=["cost"],
            max_rows=20,
        ),
        field("advance", "money"),
        field("total", "computed", expression="sum(costs_cost)", result="money"),
        field("left", "computed", expression="total - advance", result="money", when="advance > 0"),
        field("long", "computed", expression="trip_days > 3", result="yes_no"),
    ]
    return {
        "format": 1,
        "title": words("出差申请单", "Request for a business trip"),
        "help": words("出差前三天提交", "Three days before"),
        "sections": [
            {"name": "basics", "title": words("基本情况", "Basics"), "fields": first},
            {"name": "money", "title": words("费用", "Costs"), "fields": second},
        ],
    }


def large(count: int = 500) -> dict[str, Any]:
    """As many fields as a form may have, of mixed kinds, with conditions and calculations among them."""
    fields = []
    for number in range(count):
        turn = number % 10
        if turn == 0:
            fields.append(field(f"f{number}", "money"))
        elif turn == 1:
            fields.append(
                field(f"f{number}", "computed", expression=f"f{number - 1} * 2 + 1", result="money")
            )
        elif turn == 2:
            fields.append(field(f"f{number}", "choice", options=choices("a", "b", "c")))
        elif turn == 3:
            fields.append(field(f"f{number}", "text", when=f"f{number - 1} == 'a'", width="half"))
        elif turn == 4:
            fields.append(field(f"f{number}", "date"))
        elif turn == 5:
            fields.append(field(f"f{number}", "yes_no"))
        elif turn == 6:
            fields.append(field(f"f{number}", "period", days="calendar"))
        else:
            fields.append(field(f"f{number}", "text", required=turn == 7))
    return form(*fields)
