"""Permission codes of the workflow app."""

USE = "workflow.use"
DESIGN = "workflow.process.design"
OVERSEE = "workflow.instance.oversee"
