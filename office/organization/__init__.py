"""Departments (部门), posts (职务), people in them (人员), and how they come in from a spreadsheet."""
