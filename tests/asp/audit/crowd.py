"""A log of many entries, made by the database itself in a second."""

from django.db import connection

from tenants.context import bureau_context
from tenants.site import BureauRef

MANY = 100_000
# Keys are UUIDv7 of the moments in which the acts are said to have been: one every 100 seconds until now.
STATEMENT = """
    INSERT INTO audit_entry (id, occurred_at, actor_kind, actor_id, actor_name, action, target_kind, target_id,
                             target_name, params, ip, request_id)
    SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3)
            || '8' || substr(md5(n::text), 4, 15))::uuid,
           moment, 'staff', md5('p' || n %% 300)::uuid,
           (array['陈若水', '林晓岚', 'Wang Wu', '赵六'])[1 + n %% 4] || n %% 300,
           (array['library.file_stored', 'accounts.signed_in', 'library.file_renamed', 'accounts.sign_in_failed',
                  'jobs.job_cancelled'])[1 + n %% 5],
           'library.node', md5('t' || n %% 5000)::uuid,
           '关于组织开展项目储备工作情况的报告（送审稿）' || n || '.docx',
           jsonb_build_object('name', '文件' || n, 'old', '旧名' || n, 'size', n),
           ('10.' || n %% 7 || '.' || n %% 250 || '.' || n %% 199)::inet, md5(n::text)
    FROM (SELECT n, now() - (%s - n) * interval '100 seconds' AS moment FROM generate_series(1, %s) AS n) AS each
"""


def crowd(bureau: BureauRef, count: int = MANY) -> None:
    """Put `count` entries into an office's log."""
    with bureau_context(bureau), connection.cursor() as cursor:
        cursor.execute(STATEMENT, [count, count])
