"""Counting days, and nothing else: no database, no settings, no language."""
