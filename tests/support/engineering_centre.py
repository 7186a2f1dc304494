"""The approval of an engineering research centre, as one-stop services in Nanhai ran it (2003): in line and side by side.

科技信息局 accepts and examines, 知识产权局 and 信息办公室 examine at the same time, then it is decided.
"""

from typing import Any

AGREE = {"value": "agree", "label": "同意", "label_en": "Agree", "goto": "next"}


def _step(name: str, chinese: str, english: str, role: str, days: int, **more: Any) -> dict[str, Any]:
    return {
        "id": name, "name": chinese, "name_en": english, "performers": [{"kind": "role", "ref": role}],
        "deadline": {"amount": days, "unit": "workdays"}, **more,
    }  # fmt: skip


def _no(goto: str) -> dict[str, str]:
    return {"value": "disagree", "label": "不同意", "label_en": "Disagree", "goto": goto}


ENGINEERING_CENTRE: dict[str, Any] = {
    "id": "engineering_centre",
    "name": "工程技术研究开发中心申报审批",
    "name_en": "Approval of an engineering research and development centre",
    "steps": [
        _step(
            "accept", "科技信息局受理", "Science and information bureau accepts", "tech_window", 1,
            outcomes=[AGREE, {"value": "refuse", "label": "不予受理", "label_en": "Refuse", "goto": "end"}],
        ),
        _step("first", "科技信息局初审", "Science and information bureau examines", "tech_officer", 3, outcomes=[AGREE, _no("end")]),
        {
            "id": "joint", "name": "并联审批", "name_en": "Joint approval",
            "parallel": [
                _step("patent", "知识产权局审查", "Intellectual property office examines", "patent_officer", 5, outcomes=[AGREE, _no("back")]),
                _step("information", "信息办公室审查", "Information office examines", "information_officer", 5, outcomes=[AGREE, _no("back")]),
                _step("experts", "专家评审", "Experts review", "expert", 10, skip="amount < 100000",
                      sign={"rule": "share", "share": 60, "order": "parallel"}, outcomes=[AGREE, _no("back")]),
            ],
        },
        _step("decide", "科技信息局审定", "Science and information bureau decides", "tech_leader", 3, outcomes=[AGREE, _no("step:first")]),
        _step("notify", "发文通知申报单位", "Applicant is told", "tech_window", 1, copies=[{"kind": "starter"}]),
    ],
}  # fmt: skip
