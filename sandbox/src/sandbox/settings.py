"""What a person may choose for a sandbox."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal, Self


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices of `sandbox up`; every path is absolute, since the daemon runs in a folder of its own.

    Attributes:
        source: the folder that holds `terraform/` and `services/`.
        state_dir: the folder of this sandbox.
        environment: names `terraform/environments/<environment>.tfvars`.
        services: the services to run; None for all.
        bundles: the folder of the bundles `<service>.zip` to release.
        alarm_period_factor: 1 keeps the alarms' periods; 6 makes a minute of them ten seconds.
        missing_data: how alarms on AWS/DynamoDB treat missing data, where AWS's documents conflict.
        port: the port of the AWS endpoint; 0 for a free one.
    """

    source: Path
    state_dir: Path
    environment: str
    services: tuple[str, ...] | None
    bundles: Path
    alarm_period_factor: float
    missing_data: Literal["configured", "dynamodb-ignored"]
    port: int

    def to_json(self) -> str:
        """The settings as one line, for the daemon's command line."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The settings out of `to_json`."""
        values = json.loads(text)
        for field in fields(cls):
            if field.type is Path:
                values[field.name] = Path(values[field.name])
        values["services"] = None if values["services"] is None else tuple(values["services"])
        return cls(**values)
