"""After the bureau was put back to an earlier moment: what proves who somebody is stays as it is now.

A password that was changed because it was known, a second factor that was set up anew, an account that was
disabled: none of them may come back, nor may a recovery code be used twice. Nobody stays signed in, and links
that were on their way are void.
"""

import datetime

from django.db import connection
from psycopg2 import sql

SESSIONS = "DELETE FROM accounts_session"
LINKS = "UPDATE accounts_link SET revoked_at = now() WHERE used_at IS NULL AND revoked_at IS NULL"
# Three administrators are needed: those who came after the moment stay, with all their predecessors lost.
ADMINISTRATORS = """
INSERT INTO accounts_account SELECT b.* FROM before_accounts_account b
WHERE b.kind = 'administrator' AND NOT EXISTS (SELECT FROM accounts_account n WHERE n.id = b.id)
"""
ACCOUNTS = """
UPDATE accounts_account n SET password = b.password, password_changed_at = b.password_changed_at,
       must_change_password = b.must_change_password, state = b.state, activated_at = b.activated_at
FROM before_accounts_account b WHERE b.id = n.id
"""
# Before the rows of new administrators come in: one duty has one holder.
STATES = "UPDATE accounts_account n SET state = b.state FROM before_accounts_account b WHERE b.id = n.id"
PROOFS = (
    ("accounts_totpdevice", "user_id"),
    ("accounts_recoverycode", "account_id"),
    ("accounts_passwordhistory", "account_id"),
)
LOST = """
SELECT count(*) FROM before_accounts_account b WHERE NOT EXISTS (SELECT FROM accounts_account n WHERE n.id = b.id)
"""


def restored(*, at: datetime.datetime) -> dict[str, int]:  # noqa: ARG001 - every function's step is told
    """Void sessions and links; keep states, passwords and second factors; say how many accounts are gone."""
    with connection.cursor() as cursor:
        cursor.execute(SESSIONS)
        cursor.execute(LINKS)
        links = cursor.rowcount
        cursor.execute(STATES)
        cursor.execute(ADMINISTRATORS)
        cursor.execute(ACCOUNTS)
        for table, owner in PROOFS:
            names = {
                "table": sql.Identifier(table),
                "before": sql.Identifier(f"before_{table}"),
                "owner": sql.Identifier(owner),
            }
            cursor.execute(
                sql.SQL(
                    "DELETE FROM {table} WHERE {owner} IN (SELECT id FROM before_accounts_account)"
                ).format(**names)
            )
            cursor.execute(
                sql.SQL(
                    "INSERT INTO {table} SELECT b.* FROM {before} b"
                    " WHERE b.{owner} IN (SELECT id FROM accounts_account)"
                ).format(**names)
            )
        cursor.execute(LOST)
        row = cursor.fetchone()
    return {"links_void": links, "accounts_lost": int(row[0]) if row else 0}
