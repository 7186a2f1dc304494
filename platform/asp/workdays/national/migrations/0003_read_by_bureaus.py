from django.db import migrations

# The rows are the same for everybody: the host writes them, every bureau reads them.
RULES = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY host_all ON {table} TO asp_host USING (true) WITH CHECK (true);
CREATE POLICY bureau_reads ON {table} FOR SELECT TO asp_bureau USING (true);
"""
BACK = """
DROP POLICY host_all ON {table};
DROP POLICY bureau_reads ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""
TABLES = ("workdays_national_year", "workdays_national_day", "workdays_national_change")


class Migration(migrations.Migration):
    dependencies = [("workdays_national", "0002_notices_of_2024_to_2026")]

    operations = [migrations.RunSQL(RULES.format(table=table), BACK.format(table=table)) for table in TABLES]
