"""What must survive: parts of a whole running system are killed while clients work with it."""
