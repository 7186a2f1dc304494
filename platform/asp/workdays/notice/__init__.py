"""Reading what somebody pastes: a notice of the State Council, or a table of dates. Knows no database."""
