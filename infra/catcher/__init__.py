"""A mail catcher for the embedded stack: takes every mail, sends none, shows them on a loopback page."""
