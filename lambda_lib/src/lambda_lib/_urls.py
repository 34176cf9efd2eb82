"""Where the services are."""

from typing import TYPE_CHECKING, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from lambda_lib.errors import ServiceUnavailable

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

# The parameter is read in a request's time, once per execution environment.
_CONFIG = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 2, "mode": "standard"})


class ServiceUrls:
    """URLs of services, each read from the parameter store when first asked for, and kept.

    Args:
        environment: Name of the environment.
        region: AWS region.
        session: Session to make the client in, when the first URL is asked for.
    """

    def __init__(self, *, environment: str, region: str, session: Session) -> None:
        self._environment = environment
        self._region = region
        self._session = session
        self._urls: dict[str, str] = {}

    def url(self, service: str) -> str:
        """The URL of a service, with its stage, without a slash at the end.

        Raises:
            ServiceUnavailable: The parameter is not there or cannot be read.
        """
        if service not in self._urls:
            self._urls[service] = self._read(f"/{self._environment}/{service}/url").rstrip("/")
        return self._urls[service]

    def _read(self, name: str) -> str:
        client = cast("SSMClient", self._session.create_client("ssm", region_name=self._region, config=_CONFIG))
        try:
            return client.get_parameter(Name=name)["Parameter"]["Value"]
        except (ClientError, BotoCoreError) as error:
            raise ServiceUnavailable("A service this one depends on cannot be found.") from error
