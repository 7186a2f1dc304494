"""Pages and acts of the file centre."""
