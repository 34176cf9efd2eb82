"""Predicts, drives and proves capacity alarms.

`load plan` says how long a table withstands a demand; `load drill` drives a service until the alarm of its table has
fired, and proves that it recovers. The core is pure (`model`, `cost`, `plan`, `replies`, `phases`): time and rates are
arguments.
"""
