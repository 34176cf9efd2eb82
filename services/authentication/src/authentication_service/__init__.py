"""Signs users up and in; answers whether a token is valid."""
