"""People from a spreadsheet (人员导入): reading it safely, comparing, writing, and giving one back."""
