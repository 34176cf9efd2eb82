"""Stores a user's profile behind a public HTTP API and joins the location."""
