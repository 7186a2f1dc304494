"""Reads of the file centre."""
