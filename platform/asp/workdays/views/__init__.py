"""Pages of the calendar, on the host and in the offices."""
