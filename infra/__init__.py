"""Everything that runs the programs: embedded servers, supervisor, front proxy, mail catcher, health.

`infra` knows no business (业务): it starts processes, hands them an environment and watches them.
Only `infra.health` looks at Django's settings, and only when it is asked.
"""
