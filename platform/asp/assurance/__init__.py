"""Assurance (隔离自检): a bureau tries its own borders, and reads in words what came of it."""
