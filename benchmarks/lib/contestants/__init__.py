"""The contestants: each module has a `handler(event, context)`, imports what it needs and nothing of the others."""
