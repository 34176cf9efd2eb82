"""Who makes a request."""

from dataclasses import dataclass, field


@dataclass(
    slots=True, unsafe_hash=True
)  # not frozen: one is made for each request, and a frozen one takes thrice as long
class Identity:
    """A user whose token has been checked.

    Attributes:
        user_id: The user's id, as the authentication service knows it.
        token: The token, to be passed on to other services.
    """

    user_id: str
    token: str = field(default="", repr=False)
