"""The body of an HTTP request to one of the sandbox's servers, read within a bound."""

from aiohttp import web


class ClientGoneError(Exception):
    """The client went away before the end of the body."""


async def read_body(request: web.BaseRequest, most_bytes: int) -> bytes:
    """The whole body, or a beginning of it that is longer than `most_bytes`.

    What is too large is read to its end, so that the answer arrives, but not kept.

    Raises:
        ClientGoneError: the client went away before its end.
    """
    if "Expect" in request.headers and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    kept = bytearray()
    if request.body_exists:
        try:
            async for chunk in request.content.iter_any():
                if len(kept) <= most_bytes:
                    kept += chunk
        except ConnectionError as error:
            raise ClientGoneError from error
    return bytes(kept)
