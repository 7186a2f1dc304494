"""From a bare machine to a checkout that runs: dependencies, front end, browser for the tests.

Needs nothing but Python ≥ 3.11 with venv; everything goes into the checkout, except that root on Debian
gets Chromium and fonts with apt for the browser tests.
"""
