"""BPMN 2.0 without trust: reading, checking, running, listing, drawing and comparing processes.

A pure library: no models, no database. Its doors: `gate.check`, `spec` (compile, start, restore, migrate),
`steps` (the list of steps), `svg.svg`, `compare.compare`, `writing` (XML, diagrams). ADR 0022 says why.
"""
