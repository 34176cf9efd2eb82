"""Stores where a user is, behind a private HTTP API."""
