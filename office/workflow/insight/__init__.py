"""Insight into processes (流程分析): figures from the rows of steps, items and events, and the simulator of changes.

No tables. `scope.Scope` says what is looked at, `figures.overview` and `figures.process_figures` read it with a bounded
number of statements, `simulator` plays former instances through the draft of a process.
"""
