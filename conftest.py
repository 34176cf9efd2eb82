"""Imports the packages before pytest meets their tests.

pytest names a test module after its path (`sandbox.tests.test_state`, import mode importlib) and makes a module of its
own for each folder in it that is not imported yet: an empty `sandbox` instead of the package.
"""

import lambda_lib  # noqa: F401 - see above
import load  # noqa: F401 - see above
import sandbox  # noqa: F401 - see above
