"""Events to the page (实时更新): kind, id and version, never content."""
