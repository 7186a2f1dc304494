"""Pages and acts of the workflow."""
