"""API Gateway: REST APIs served from their OpenAPI bodies, in front of Lambda functions."""

from sandbox.gateway.gateway import Gateway

__all__ = ["Gateway"]
