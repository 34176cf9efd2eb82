"""The endpoint that answers the AWS APIs, and what answers behind it."""
