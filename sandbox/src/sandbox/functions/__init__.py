"""Lambda: functions run from their bundles in worker processes, behind a local Runtime API."""

from sandbox.functions.bundles import BundleError
from sandbox.functions.functions import Functions, UnknownFunctionError
from sandbox.functions.invocation import Invocation

__all__ = ["BundleError", "Functions", "Invocation", "UnknownFunctionError"]
