"""Permission codes of the file centre."""

USE = "library.use"
MANAGE_UNIT = "library.unit.manage"
MANAGE_DEPARTMENT = "library.department.manage"
