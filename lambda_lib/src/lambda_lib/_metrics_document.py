"""The metrics of a request: a CloudWatch EMF document as Powertools' Metrics writes it, byte for byte.

`tests/test_metrics_document.py` holds it against what the Metrics of Powertools 3 write of the same values. The format
is CloudWatch's (its user guide, "Specification: Embedded metric format").
"""

import json
from collections.abc import Mapping, Sequence

# What json.dumps makes of a text.
from json.encoder import encode_basestring_ascii as quoted

from lambda_lib._invocation import Metric

MAX_VALUES = 100  # of one metric in one document (the specification, "Target members")


class MetricsDocuments:
    """Writes metrics as documents, each with its line end.

    Args:
        service: Value of the one dimension.
        namespace: Namespace in CloudWatch.
        standard: Names of the metrics that every request has, with their units.
    """

    def __init__(self, *, service: str, namespace: str, standard: Mapping[str, str]) -> None:
        self._standard = dict(standard)
        self._definitions = (
            f',"CloudWatchMetrics":[{{"Namespace":{quoted(namespace)},"Dimensions":[["service"]],"Metrics":['
        )
        self._dimension = f']}}]}},"service":{quoted(service)}'
        # Most requests have the standard metrics and no other: for these, only numbers are to be filled in.
        constant = ",".join(_definition(name, unit) for name, unit in standard.items())
        values = "".join(f",{quoted(name)}:[%({name})r]" for name in standard)
        self._template = f"{self._definitions}{constant}{self._dimension}".replace("%", "%%") + f"{values}}}\n"

    def text(self, values: Mapping[str, float], further: Sequence[Metric], *, now_s: float) -> str:
        """The document of a request; more than one, if a metric has too many values; none without metrics.

        Args:
            values: Of the standard metrics, and maybe of others, which are left out.
            further: Metrics that only this request has.
            now_s: Seconds since the epoch.
        """
        start = f'{{"_aws":{{"Timestamp":{int(now_s * 1000)}'
        if not further:
            return start + self._template % values if self._standard else ""
        metrics = [Metric(name, unit, [values[name]]) for name, unit in self._standard.items()]
        metrics += further
        text = ""
        while metrics:
            definitions = ",".join(_definition(metric.name, metric.unit) for metric in metrics)
            numbers = "".join(f",{quoted(metric.name)}:{_numbers(metric.values[:MAX_VALUES])}" for metric in metrics)
            text += f"{start}{self._definitions}{definitions}{self._dimension}{numbers}}}\n"
            metrics = [
                Metric(metric.name, metric.unit, metric.values[MAX_VALUES:])
                for metric in metrics
                if len(metric.values) > MAX_VALUES
            ]
        return text


def _definition(name: str, unit: str) -> str:
    return f'{{"Name":{quoted(name)},"Unit":{quoted(unit)}}}'


def _numbers(values: Sequence[float]) -> str:
    return json.dumps(values, separators=(",", ":"))
