"""Who calls, and whether they may: identities, signatures, policies."""
