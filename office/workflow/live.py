"""What the pages of work are told of live; templates say the same name in `data-tb-live`."""

from typing import Final

TODO_LIST: Final = "workflow.todo"  # to everybody whose to-do list has changed
