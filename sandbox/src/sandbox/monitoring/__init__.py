"""Metrics, logs, alarms and their notifications."""
