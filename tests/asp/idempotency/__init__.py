"""Repeated requests."""
