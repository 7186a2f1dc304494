"""Processes as an office feels them: the engine, the to-do page, the figures, steps and timers.

`make bench AREA=workflow`; each part can be run alone, as `AREA=workflow_steps`.
"""

from bench import workflow_engine, workflow_insight, workflow_steps, workflow_todo
from bench.results import Results


def run(results: Results) -> None:
    """Measure the area; takes about ten minutes."""
    for part in (workflow_engine, workflow_todo, workflow_insight, workflow_steps):
        part.run(results)
