"""Handler utilities for Lambda microservices: routing, validation, authentication, signed calls, metrics."""
