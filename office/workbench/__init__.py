"""The workbench (工作台): where everybody lands after signing in."""
