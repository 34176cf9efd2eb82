"""What a number of requests costs on AWS: an estimate by list prices, without any free tier.

Prices of us-east-1, first tier, from https://aws.amazon.com/api-gateway/pricing/, https://aws.amazon.com/lambda/pricing/
and https://aws.amazon.com/cloudwatch/pricing/. Reads from a table in provisioned mode cost nothing beyond the capacity,
which is paid for whether it is used or not.
"""

from dataclasses import dataclass
from datetime import date

PRICES_AS_OF = date(2026, 11, 24)
"""The day these prices were written down; compare them with the pages before relying on an estimate."""

API_GATEWAY_USD_PER_REQUEST = 3.50 / 1e6
LAMBDA_USD_PER_REQUEST = 0.20 / 1e6
LAMBDA_USD_PER_GB_S = 0.0000166667
LOGS_USD_PER_GB = 0.50
TRANSFER_USD_PER_GB = 0.09


@dataclass(frozen=True, slots=True)
class RequestProfile:
    """What one request is assumed to use of what is billed."""

    memory_gb: float = 0.5
    duration_s: float = 0.1
    log_bytes: int = 2_000
    response_bytes: int = 1_500


def usd_per_request(profile: RequestProfile = RequestProfile()) -> float:
    """US dollars of one request through API Gateway, Lambda, its logs and the answer's way out of AWS."""
    return (
        API_GATEWAY_USD_PER_REQUEST
        + LAMBDA_USD_PER_REQUEST
        + LAMBDA_USD_PER_GB_S * profile.memory_gb * profile.duration_s
        + LOGS_USD_PER_GB * profile.log_bytes / 1e9
        + TRANSFER_USD_PER_GB * profile.response_bytes / 1e9
    )
