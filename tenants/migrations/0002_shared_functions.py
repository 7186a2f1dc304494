from django.db import migrations

# Who a database role is. SECURITY DEFINER: roles of bureaus cannot read the table of bureaus.
BUREAU_OF = """
CREATE FUNCTION bureau_of(role_name name) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT id FROM tenants_bureau WHERE schema_name = role_name::text $$;
"""

# What a backend remembers; the view itself is closed to ordinary roles. An owner without the right to
# read it (pg_read_all_stats) gets 0: connections are then recycled by the number of bureaus alone.
BACKEND_MEMORY = """
CREATE FUNCTION asp_backend_memory() RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$ BEGIN
        RETURN (SELECT sum(total_bytes)::bigint FROM pg_backend_memory_contexts);
    EXCEPTION WHEN insufficient_privilege THEN
        RETURN 0;
    END $$;
"""

# A doorbell speaks for the bureau whose role rings it, and for no other.
DOORBELL_POLICIES = """
ALTER TABLE tenants_doorbell ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants_doorbell FORCE ROW LEVEL SECURITY;
CREATE POLICY host_all ON tenants_doorbell TO asp_host USING (true) WITH CHECK (true);
CREATE POLICY bureau_rings ON tenants_doorbell FOR INSERT TO asp_bureau
    WITH CHECK (bureau_id = bureau_of(current_user));
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.RunSQL(BUREAU_OF, "DROP FUNCTION bureau_of(name)"),
        migrations.RunSQL(BACKEND_MEMORY, "DROP FUNCTION asp_backend_memory()"),
        migrations.RunSQL(
            DOORBELL_POLICIES,
            "DROP POLICY host_all ON tenants_doorbell; DROP POLICY bureau_rings ON tenants_doorbell;",
        ),
    ]
