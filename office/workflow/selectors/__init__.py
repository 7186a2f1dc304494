"""What the pages of the workflow read."""
