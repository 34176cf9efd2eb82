"""Predicts, drives and proves capacity alarms."""
