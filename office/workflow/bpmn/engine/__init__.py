"""SpiffWorkflow behind our own door: specifications once per version, state per instance."""
