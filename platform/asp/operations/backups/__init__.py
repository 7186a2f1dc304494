"""Backups (备份) as the console shows them. The work itself is done by `infra.backup`, which knows no tables."""
