"""The worker of the tests: the real one, which also knows the tests' jobs."""

from asp.config.worker import broker  # noqa: F401
from tests.asp.jobs import work  # noqa: F401
