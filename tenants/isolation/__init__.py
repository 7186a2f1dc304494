"""Isolation as something that can be tried: the registry of probes, and what probes are made of."""
