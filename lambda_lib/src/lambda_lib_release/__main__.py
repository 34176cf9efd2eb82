"""`python -m lambda_lib_release`."""

import sys

from lambda_lib_release.cli import main

sys.exit(main())
