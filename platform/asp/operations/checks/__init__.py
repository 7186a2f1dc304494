"""What is watched (检查项), by subject."""
