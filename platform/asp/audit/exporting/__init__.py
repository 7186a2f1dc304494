"""Exports of the log (导出): what the filter shows, as a file that can be checked."""
