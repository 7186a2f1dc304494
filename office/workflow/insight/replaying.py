"""Plays a history through a specification, in memory: by a clock of its own, with the decisions that were recorded.

Each step takes as long as it took then, so that timers happen or not as they would have, and what is done side by side
takes as long as its longest branch. What the history does not say is assumed, and marked: the usual outcome at this step
in other instances, else the first one it offers; the usual time, else its deadline, else that of a usual step.
"""

import datetime
import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from asp.ui.errors import UserFacingError
from office.workflow.bpmn import spec as engine
from office.workflow.bpmn.elements import SERVICES, Node
from office.workflow.bpmn.spec import State, WaitingStep
from office.workflow.insight.histories import Decision, History, Place, Usual

MOST_MOVES = 1000
MOST_ROUNDS = 40  # of one step without anything recorded: it repeats itself
MOST_TIMERS = 50

After = Callable[[datetime.datetime, int, str], datetime.datetime]


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was played. `assumed`: the history did not say how it ended."""

    process: str
    node: str
    outcome: str
    acts: int
    assumed: bool

    @property
    def place(self) -> str:
        """Its name in figures."""
        return f"{self.process}/{self.node}" if self.process else self.node


@dataclass(slots=True)
class Run:
    """How a history went in one specification. `problem`: code and parameters of what kept it from its end."""

    done: list[Done] = field(default_factory=list)
    ends: tuple[str, ...] = ()
    seconds: float = 0.0
    timers: int = 0
    problem: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def acts(self) -> int:
        """How many acts of people it took."""
        return sum(each.acts for each in self.done)

    @property
    def assumed(self) -> int:
        """How many steps ended as was only assumed."""
        return sum(1 for each in self.done if each.assumed)


def replay(
    spec: Mapping[str, Any], variables: Mapping[str, Any], history: History, usual: Usual, after: After
) -> Run:
    """Play `history` through `spec`. `after` counts working days; never raises for what a process may do."""
    return _Player(spec, variables, history, usual, after).play()


class _Player:
    def __init__(
        self,
        spec: Mapping[str, Any],
        variables: Mapping[str, Any],
        history: History,
        usual: Usual,
        after: After,
    ) -> None:
        self.spec = spec
        self.variables = variables
        self.history = history
        self.usual = usual
        self.after = after
        self.now = history.begins
        self.run = Run()
        self.left: dict[Place, deque[Decision]] = defaultdict(deque)
        for each in history.decisions:
            self.left[each.place].append(each)
        self.messages = {name: deque(times) for name, times in history.messages.items()}
        # When each step that waits will be done: a heap, and what was decided of it.
        self.plan: list[tuple[datetime.datetime, int, UUID]] = []
        self.decided: dict[UUID, tuple[WaitingStep, Node, Decision, bool]] = {}
        self.count = 0
        self.guessed: Counter[Place] = Counter()

    def play(self) -> Run:
        clock = engine.Clock(now=lambda: self.now, after=self.after)
        try:
            state = engine.start(self.spec, self.variables, clock=clock)
            while not state.completed:
                if self.count >= MOST_MOVES or self.run.timers > MOST_TIMERS or self._repeats:
                    return self._stopped("too_long")
                self.count += 1
                if not self._move(state):
                    return self._stopped("stuck")
        except UserFacingError as error:
            return self._stopped(error.code, **{key: str(value)[:80] for key, value in error.params.items()})
        definition = state.definition()
        passed = state.path().done
        self.run.ends = tuple(
            each
            for each in definition.scopes[definition.id]
            if each in passed and definition.nodes[each].kind == "endEvent"
        )
        self._measure()
        return self.run

    @property
    def _repeats(self) -> bool:
        return bool(self.guessed) and self.guessed.most_common(1)[0][1] > MOST_ROUNDS

    def _stopped(self, problem: str, **params: Any) -> Run:
        self.run.problem, self.run.params = problem, params
        self._measure()
        return self.run

    def _measure(self) -> None:
        self.run.seconds = (self.now - self.history.begins).total_seconds()

    def _move(self, state: State) -> bool:
        """Let happen what comes next by the clock: a step that is done, a timer, a message."""
        waiting = state.waiting()
        here = {each.task_id for each in waiting.steps}
        for each in waiting.steps:
            if each.task_id not in self.decided:
                self._decide(state, each)
        while self.plan and self.plan[0][2] not in here:
            heapq.heappop(self.plan)  # taken away by an event on its border
        step_at = self.plan[0][0] if self.plan else None
        message, message_at = self._message(
            {each.message for each in waiting.messages}, alone=not here and not waiting.timers
        )
        times = [each for each in (step_at, waiting.next_due, message_at) if each is not None]
        if not times:
            return False
        first = min(times)
        self.now = max(self.now, first)
        if message_at is not None and message_at == first:
            if self.messages.get(message):
                self.messages[message].popleft()
            state.send(message)
        elif step_at == first:
            self._complete(state)
        else:
            self.run.timers += 1
            return state.tick(self.now)
        return True

    def _message(self, names: set[str], *, alone: bool) -> tuple[str, datetime.datetime | None]:
        """The message that comes next. One that never came comes at once if the process waits for nothing else."""
        found: tuple[str, datetime.datetime | None] = ("", None)
        for name in sorted(names):
            if self.messages.get(name):
                at = self.history.begins + datetime.timedelta(seconds=self.messages[name][0])
                if found[1] is None or at < found[1]:
                    found = (name, max(at, self.now))
        if found[1] is None and alone and names:
            return min(names), self.now
        return found

    def _decide(self, state: State, step: WaitingStep) -> None:
        node = state.node(step)
        decision, assumed = self._decision(step, node)
        at = self.now + datetime.timedelta(seconds=decision.seconds)
        self.decided[step.task_id] = (step, node, decision, assumed)
        heapq.heappush(self.plan, (at, len(self.decided), step.task_id))

    def _decision(self, step: WaitingStep, node: Node) -> tuple[Decision, bool]:
        place = (step.process, step.node)
        left = self.left[place]
        for each in left:
            if each.item == step.item and self._fits(node, each.outcome):
                left.remove(each)
                return each, False
        if left and self._fits(node, left[0].outcome):
            return left.popleft(), False
        if step.item is None:
            self.guessed[place] += 1
        return self._assumed(place, node), True

    def _fits(self, node: Node, outcome: str) -> bool:
        """Whether the step still has this outcome."""
        offered = {each.value for each in node.step.outcomes} if node.step else set()
        return not offered or outcome in offered

    def _assumed(self, place: Place, node: Node) -> Decision:
        offered = [each.value for each in node.step.outcomes] if node.step else []
        outcome = self.usual.outcomes.get(place, "")
        if offered and outcome not in offered:
            outcome = offered[0]
        is_service = node.kind in SERVICES
        seconds = self.usual.seconds.get(place)
        if seconds is None:
            seconds = 0.0 if is_service else self._expected(node)
        return Decision(*place, outcome, seconds, 0 if is_service else self._acts(place, node))

    def _expected(self, node: Node) -> float:
        deadline = node.step.deadline if node.step else None
        if deadline is None:
            return self.usual.step_seconds
        return (self.after(self.now, deadline.amount, deadline.unit) - self.now).total_seconds()

    def _acts(self, place: Place, node: Node) -> int:
        if place in self.usual.acts:
            return max(1, self.usual.acts[place])
        everybody = node.step is not None and node.step.sign.rule != "one"
        return max(1, len(node.step.performers)) if everybody and node.step else 1

    def _complete(self, state: State) -> None:
        _at, _number, task_id = heapq.heappop(self.plan)
        step, _node, decision, assumed = self.decided[task_id]
        state.complete(task_id, outcome=decision.outcome or None)
        self.run.done.append(Done(step.process, step.node, decision.outcome, decision.acts, assumed))
