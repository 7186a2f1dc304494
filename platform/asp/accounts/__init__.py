"""People (人员), sign-in, second factor, sessions, links, roles and permissions of one site."""
