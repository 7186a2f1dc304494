"""Benchmarks: each prints ratios against a named baseline that is measured in the same run."""
