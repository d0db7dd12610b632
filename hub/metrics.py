"""Prometheus metrics: read when asked for, so that any number of web processes say the same."""

from collections.abc import Iterator

from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from hub import pulse
from hub.figures import NAMES

MEANINGS = {
    "messages_due": "Messages that should leave now",
    "messages_waiting": "Messages held or scheduled for later",
    "messages_oldest_due_seconds": "How long the first due message has waited",
    "messages_sending": "Messages handed to a carrier that has not answered yet",
    "messages_unknown": "Messages whose carrier never answered",
    "outbox_waiting": "Events not yet handed to webhooks",
    "outbox_oldest_seconds": "Age of the first event not yet handed to webhooks",
    "deliveries_waiting": "Webhook deliveries not over yet",
    "deliveries_oldest_due_seconds": "How long the first due delivery has waited",
    "receipts_parked": "Receipts that match no message yet",
}


class Pulse(Collector):
    """Everything the operators' page shows, as numbers."""

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("hub", "What runs", {"version": pulse.hub_version()})
        yield from self._broker()
        yield from self._figures()
        yield from self._routes()
        now = timezone.now()
        beats = GaugeMetricFamily(
            "hub_heartbeat_age_seconds", "Since a process last worked", labels=["process"]
        )
        for beat in pulse.read_beats():
            if beat.at is not None:
                beats.add_metric([beat.name], (now - beat.at).total_seconds())
        yield beats

    def _broker(self) -> Iterator[Metric]:
        broker = pulse.read_broker()
        yield GaugeMetricFamily("hub_redis_up", "1 while Redis answers", int(broker.answers))
        queues = GaugeMetricFamily("hub_queue_length", "Bells that wait", labels=["queue"])
        for name, length in broker.lengths.items():
            queues.add_metric([name], length)
        yield queues

    def _figures(self) -> Iterator[Metric]:
        gauges = pulse.read_gauges()
        for name in NAMES:
            if name in gauges:
                yield GaugeMetricFamily(f"hub_{name}", MEANINGS[name], gauges[name].value)
        if gauges:
            oldest = min(gauge.at for gauge in gauges.values())
            age = (timezone.now() - oldest).total_seconds()
            yield GaugeMetricFamily("hub_figures_age_seconds", "Since these were measured", age)

    def _routes(self) -> Iterator[Metric]:
        answered = GaugeMetricFamily(
            "hub_route_last_answer_seconds", "When the carrier last answered", labels=["route"]
        )
        failed = GaugeMetricFamily(
            "hub_route_last_error_seconds", "When the route last failed", labels=["route"]
        )
        for route in pulse.read_routes():
            if route.last_answer_at:
                answered.add_metric([route.name], route.last_answer_at.timestamp())
            if route.last_error_at:
                failed.add_metric([route.name], route.last_error_at.timestamp())
        yield from (answered, failed)


def exposition() -> bytes:
    """Prometheus text of now."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Pulse())
    return generate_latest(registry)
