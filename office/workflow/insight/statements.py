"""The statements of the figures. Constants: nothing that anybody typed ever becomes part of a statement.

`place` names a step: its node, with the code of the called process before it where it lies in one.
"""

from typing import Final

from asp.workdays.arithmetic.hours import MOST_SPANS
from office.workflow.insight.worktime import DAY, OFFSET

# Sorted by bytes: by the rules of a language it takes several times as long, and nobody reads this order.
_PLACE: Final = """(CASE WHEN s.process = '' THEN s.node ELSE s.process || '/' || s.node END COLLATE "C")"""

# Instances of the process and the departments, whenever they were.
_ALL: Final = """
scoped AS (
    SELECT i.id, i.process_id, i.state, i.created_at, i.ended_at, i.pauses
    FROM workflow_instance i
    WHERE (%(process)s::uuid IS NULL OR i.process_id = %(process)s::uuid)
      AND (%(departments)s::uuid[] IS NULL OR i.department_id = ANY(%(departments)s::uuid[]))
)"""

# Those of them that were under way at some time of the period.
_ACTIVE: Final = """
scoped AS (
    SELECT i.id, i.process_id, i.state, i.created_at, i.ended_at, i.pauses
    FROM workflow_instance i
    WHERE (%(process)s::uuid IS NULL OR i.process_id = %(process)s::uuid)
      AND (%(departments)s::uuid[] IS NULL OR i.department_id = ANY(%(departments)s::uuid[]))
      AND i.created_at < %(ends)s
      AND (i.ended_at IS NULL OR i.ended_at >= %(begins)s)
)"""

# The newest of these: what is measured step by step is measured in so many instances.
_RECENT: Final = f"{_ACTIVE.rstrip(')').rstrip()}\n    ORDER BY i.id DESC LIMIT %(most)s\n)"

_CALENDAR: Final = "cal AS MATERIALIZED (SELECT %(before)s::int[] AS before, %(today)s::int[] AS today)"


def _epoch(column: str) -> str:
    """Seconds on Shanghai's clock; `date_part` gives floats, `extract` numerics, which are ten times slower."""
    return f"date_part('epoch', {column}) + {OFFSET}"


def _moment(name: str, column: str) -> str:
    """Two columns: the day of the calendar's table in which an instant lies, and the seconds of that day."""
    day = f"floor(({_epoch(column)}) / {DAY})"
    return (
        f"least(greatest({day}::int - %(origin)s, 0), %(last_day)s) + 1 AS {name}_day, "
        f"{_epoch(column)} - {day} * {DAY} AS {name}_time"
    )


def worked(name: str) -> str:
    """The working time until an instant (of `_moment`), as `Worktime.until` has it.

    The table is asked for as a scalar: in a join it would travel through every sort with its row.
    """
    inside = " + ".join(
        f"greatest(0, least({name}_time, %(close{each})s) - %(open{each})s)" for each in range(MOST_SPANS)
    )
    table = "(SELECT before FROM cal)", "(SELECT today FROM cal)"
    return f"({table[0]}[{name}_day] + least({table[1]}[{name}_day], {inside}))"


def _pauses(begin: str, end: str) -> str:
    """The working time between two working times in which the instance (`t.pauses`) was suspended."""
    return f"""CASE WHEN t.pauses = '[]'::jsonb THEN 0 ELSE coalesce((
        SELECT sum(greatest(0, least({end}, {worked("q.until")}) - greatest({begin}, {worked("q.since")})))
        FROM (
            SELECT {_moment("since", "(each ->> 0)::timestamptz")},
                {_moment("until", "coalesce((each ->> 1)::timestamptz, %(now)s)")}
            FROM jsonb_array_elements(t.pauses) AS each
            WHERE each ->> 0 IS NOT NULL
        ) q
    ), 0) END"""


COUNTS: Final = f"""
WITH {_ALL}, late AS (
    SELECT DISTINCT s.instance_id FROM workflow_step s WHERE s.state = 'open' AND s.due_at <= %(now)s
)
SELECT i.process_id,
    count(*) FILTER (WHERE i.state = 'running') AS running,
    count(*) FILTER (WHERE i.state = 'suspended') AS suspended,
    count(*) FILTER (WHERE i.state = 'running' AND late.instance_id IS NOT NULL) AS late,
    count(*) FILTER (WHERE i.created_at < %(ends)s AND (i.ended_at IS NULL OR i.ended_at >= %(begins)s)) AS active,
    count(*) FILTER (WHERE i.created_at >= %(begins)s AND i.created_at < %(ends)s) AS started,
    count(*) FILTER (WHERE i.state = 'completed' AND i.ended_at >= %(begins)s AND i.ended_at < %(ends)s) AS completed,
    count(*) FILTER (WHERE i.state = 'cancelled' AND i.ended_at >= %(begins)s AND i.ended_at < %(ends)s) AS cancelled,
    count(*) FILTER (WHERE i.state = 'rejected' AND i.ended_at >= %(begins)s AND i.ended_at < %(ends)s) AS rejected,
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY date_part('epoch', i.ended_at - i.created_at))
        FILTER (WHERE i.state = 'completed' AND i.ended_at >= %(begins)s AND i.ended_at < %(ends)s) AS duration
FROM scoped i LEFT JOIN late ON late.instance_id = i.id
GROUP BY i.process_id
"""

WEEKS: Final = f"""
WITH {_ACTIVE}, moments AS (
    SELECT created_at AS at, 1 AS started, 0 AS completed FROM scoped WHERE created_at >= %(begins)s
    UNION ALL
    SELECT ended_at, 0, 1 FROM scoped WHERE state = 'completed' AND ended_at < %(ends)s
)
SELECT date_trunc('week', at AT TIME ZONE 'Asia/Shanghai')::date AS week,
    sum(started) AS started, sum(completed) AS completed
FROM moments GROUP BY 1 ORDER BY 1
"""

WAITING: Final = f"""
WITH {_ALL}
SELECT i.process_id, {_PLACE} AS place, max(s.name) AS name, max(s.name_en) AS name_en,
    count(*) AS count, min(s.began_at) AS oldest,
    count(*) FILTER (WHERE s.due_at <= %(now)s AND i.state = 'running') AS late,
    count(*) FILTER (WHERE s.stranded) AS stranded
FROM workflow_step s JOIN scoped i ON i.id = s.instance_id
WHERE s.state IN ('open', 'failed') AND i.state IN ('running', 'suspended')
GROUP BY 1, 2
ORDER BY count(*) DESC, min(s.began_at)
"""

PUNCTUAL: Final = f"""
WITH {_ACTIVE}
SELECT i.process_id, count(*) AS count, count(*) FILTER (WHERE s.ended_at > s.due_at) AS late
FROM workflow_step s JOIN scoped i ON i.id = s.instance_id
WHERE s.state = 'done' AND s.due_at IS NOT NULL AND s.ended_at >= %(begins)s AND s.ended_at < %(ends)s
GROUP BY 1
"""

STEPS: Final = f"""
WITH {_CALENDAR}, {_RECENT}, raw AS MATERIALIZED (
    SELECT {_PLACE} AS place, s.name, s.name_en, s.kind, s.due_at, s.ended_at, i.pauses,
        date_part('epoch', s.ended_at - s.began_at) AS elapsed,
        {_moment("since", "s.began_at")}, {_moment("until", "s.ended_at")}
    FROM workflow_step s JOIN scoped i ON i.id = s.instance_id
    WHERE s.state = 'done' AND s.ended_at >= %(begins)s AND s.ended_at < %(ends)s
), timed AS MATERIALIZED (
    SELECT place, name, name_en, kind, due_at, ended_at, elapsed, pauses,
        {worked("since")} AS worked_since, {worked("until")} AS worked_until
    FROM raw
)
SELECT place, max(name) AS name, max(name_en) AS name_en, max(kind) AS kind, count(*) AS count,
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY elapsed) AS elapsed,
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (
        ORDER BY worked_until - worked_since - {_pauses("t.worked_since", "t.worked_until")}
    ) AS worked,
    sum(elapsed) AS total,
    count(due_at) AS with_deadline, count(*) FILTER (WHERE ended_at > due_at) AS late
FROM timed t GROUP BY place ORDER BY sum(elapsed) DESC
"""

# The step before one is the step that ended in the moment in which it began; after a timer or a message it is
# the one that began last before it. A way takes until somebody opens the next step; if nobody did, until that is over.
WAYS: Final = f"""
WITH {_RECENT}, ended AS (
    SELECT s.id, s.instance_id, {_PLACE} AS place, s.began_at, s.ended_at, s.state, i.created_at,
        lag({_PLACE}) OVER earlier AS former, lag(s.state) OVER earlier AS former_state,
        lag(s.ended_at) OVER earlier AS former_end
    FROM workflow_step s JOIN scoped i ON i.id = s.instance_id
    WHERE s.state IN ('done', 'returned') AND s.ended_at IS NOT NULL
    WINDOW earlier AS (PARTITION BY s.instance_id ORDER BY s.began_at, s.id)
), causes AS (
    SELECT instance_id, ended_at, min(place) AS place, bool_and(state = 'returned') AS back
    FROM ended GROUP BY instance_id, ended_at
), opened AS (
    SELECT w.step_id, min(w.read_at) AS at FROM workflow_workitem w JOIN scoped i ON i.id = w.instance_id
    WHERE w.step_id IS NOT NULL AND w.read_at IS NOT NULL GROUP BY w.step_id
), moves AS (
    SELECT s.place AS target, s.began_at, least(coalesce(o.at, s.ended_at), s.ended_at) AS seen,
        CASE WHEN c.place IS NOT NULL THEN c.place
            WHEN s.began_at > s.created_at THEN coalesce(s.former, '') ELSE '' END AS source,
        CASE WHEN c.place IS NOT NULL THEN c.back
            WHEN s.began_at > s.created_at THEN coalesce(s.former_state, '') = 'returned' ELSE false END AS back,
        CASE WHEN c.place IS NULL AND s.began_at > s.created_at
            THEN least(coalesce(s.former_end, s.began_at), s.began_at) ELSE s.began_at END AS left_at
    FROM ended s
    LEFT JOIN causes c ON c.instance_id = s.instance_id AND c.ended_at = s.began_at
    LEFT JOIN opened o ON o.step_id = s.id
    WHERE s.ended_at >= %(begins)s AND s.ended_at < %(ends)s
)
SELECT grouping(source) AS whole, source, target, bool_and(back) AS back, count(*) AS count,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(date_part('epoch', seen - left_at), 0)) AS waited,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(date_part('epoch', seen - began_at), 0)) AS unopened
FROM moves GROUP BY GROUPING SETS ((source, target), (target))
ORDER BY count(*) DESC
"""

# The kinds are `COUNTED_KINDS`, as the index has them.
EVENTS: Final = f"""
WITH {_RECENT}
SELECT CASE WHEN coalesce(s.process, '') = '' THEN coalesce(s.node, e.node) ELSE s.process || '/' || s.node END AS place,
    e.kind, count(*) AS count, count(DISTINCT e.instance_id) AS instances
FROM workflow_event e
JOIN scoped i ON i.id = e.instance_id
LEFT JOIN workflow_step s ON s.id = e.step_id
WHERE e.kind IN ('returned', 'withdrawn', 'handed', 'reassigned', 'added', 'urged', 'escalated')
  AND e.id >= %(oldest_event)s::uuid AND e.occurred_at >= %(begins)s AND e.occurred_at < %(ends)s
GROUP BY 1, 2
"""

VARIANTS: Final = f"""
WITH {_CALENDAR}, {_RECENT}, paths AS (
    SELECT s.instance_id, string_agg({_PLACE}, ' ' ORDER BY s.began_at, s.node, s.id) AS path,
        bool_or(s.state = 'returned') AS reworked
    FROM workflow_step s JOIN scoped i ON i.id = s.instance_id
    WHERE s.state IN ('done', 'returned')
      AND i.state = 'completed' AND i.ended_at >= %(begins)s AND i.ended_at < %(ends)s
    GROUP BY s.instance_id
), raw AS MATERIALIZED (
    SELECT coalesce(p.path, '') AS path, coalesce(p.reworked, false) AS reworked, i.pauses,
        date_part('epoch', i.ended_at - i.created_at) AS elapsed,
        {_moment("since", "i.created_at")}, {_moment("until", "i.ended_at")}
    FROM scoped i LEFT JOIN paths p ON p.instance_id = i.id
    WHERE i.state = 'completed' AND i.ended_at >= %(begins)s AND i.ended_at < %(ends)s
), timed AS MATERIALIZED (
    SELECT path, reworked, pauses, elapsed, {worked("since")} AS worked_since, {worked("until")} AS worked_until
    FROM raw
), measured AS (
    SELECT t.*, greatest(t.worked_until - t.worked_since - {_pauses("t.worked_since", "t.worked_until")}, 0) AS worked
    FROM timed t
)
SELECT path, count(*) AS count, bool_or(reworked) AS reworked,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY elapsed) AS elapsed,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY worked) AS worked,
    sum(count(*)) OVER () AS total, count(*) OVER () AS variants,
    sum(count(*) FILTER (WHERE reworked)) OVER () AS reworked_total
FROM measured GROUP BY path ORDER BY count(*) DESC, path LIMIT 200
"""

PEOPLE: Final = f"""
WITH {_ALL}, parts AS (
    SELECT w.account_id AS who, 1 AS open, (w.due_at <= %(now)s)::int AS overdue, 0 AS done, 0 AS late,
        CASE WHEN w.due_at <= %(now)s THEN w.due_at END AS oldest
    FROM workflow_workitem w JOIN scoped i ON i.id = w.instance_id
    WHERE w.state = 'open' AND w.kind <> 'read' AND i.state = 'running'
    UNION ALL
    SELECT w.done_by_id, 0, 0, 1, (w.done_at > w.due_at)::int, NULL
    FROM workflow_workitem w
    WHERE w.state = 'done' AND w.kind <> 'read' AND w.done_by_id IS NOT NULL AND w.instance_id IS NOT NULL
      AND (%(everything)s OR w.instance_id IN (SELECT id FROM scoped))
      AND w.done_at >= %(begins)s AND w.done_at < %(ends)s
)
SELECT who, sum(open) AS open, sum(coalesce(overdue, 0)) AS overdue, sum(done) AS done,
    sum(coalesce(late, 0)) AS late, min(oldest) AS oldest
FROM parts GROUP BY who
ORDER BY sum(coalesce(overdue, 0)) DESC, sum(coalesce(late, 0)) DESC, sum(open) DESC, sum(done) DESC, who
"""
