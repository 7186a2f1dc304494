"""Document numbers in the bureau that the browser tests look at."""

from typing import Any

from asp.accounts.models import Account
from asp.audit.actor import Actor
from asp.exports.services import export_start
from asp.jobs.runner import run_job
from asp.ui.moments import today
from office.documents import services as documents
from office.documents.models import AgencyCode, Number
from office.documents.tasks import register_export


def fill(world: dict[str, Any]) -> Account:
    """Add what the demonstration has not; gives who keeps the register."""
    void = Number.objects.filter(state="void").first()
    used = Number.objects.filter(state="used").first()
    assert void is not None
    assert used is not None
    act = void.acts.order_by("-position").select_related("by").first()
    assert act is not None
    assert act.by is not None
    keeper = act.by
    actor = Actor.of_account(keeper)
    code = AgencyCode.objects.exclude(pk=used.series.code_id).order_by("sort")[0]
    long = "关于转发《市人民政府办公室关于进一步加强和改进全市党政机关公文处理工作的若干意见（试行）的通知》并做好贯彻落实工作的通知"
    entry = documents.Entry(
        title=long,
        kind="notice",
        signed_on=today(),
        addressee="各乡镇人民政府，县直各部门、各直属单位",
        signer="县长",
    )
    documents.number_take(actor=actor, account=keeper, code=code, entry=entry)
    documents.number_free(actor=actor, account=keeper, number=void, reason="同年度内补发，经办公室主任同意")
    stopped = documents.code_create(
        actor=actor, code="云发改督", style="yearly", use="督查通知（已停用）", sort=90
    )
    documents.code_stop(actor=actor, code=stopped)
    run_job(export_start(actor=actor, job=register_export, params={"wanted": {}}).pk)
    world["ids"] |= {"number": str(void.pk), "number-used": str(used.pk), "code": str(code.pk)}
    return keeper
