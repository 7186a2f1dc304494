"""Backup (备份): base backups, journal, and a mirror of the object store, encrypted for one recipient.

Knows PostgreSQL, S3 and folders; no application. The protocol is in this folder's README.
"""
