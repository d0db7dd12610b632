"""Everything the clock runs, one line each. Two beats at once must be harmless."""

SCHEDULE: dict[str, dict[str, object]] = {}


def every(seconds: float, task: str, queue: str) -> None:
    """`task` is put on `queue` each `seconds`; a run that could not start in time is dropped."""
    SCHEDULE[task] = {
        "task": task,
        "schedule": seconds,
        "options": {"queue": queue, "expires": max(seconds * 2, 5)},
    }


every(1, "messaging.dispatch_due", "dispatch")
every(2, "messaging.match_parked_receipts", "clock")
every(5, "messaging.look_at_flights", "clock")
every(3600, "messaging.forget_keys", "clock")
every(5, "messaging.count_days", "clock")
every(1, "apisettings.deliver_due", "webhooks")
every(2, "accounts.send_mail", "mail")
every(3600, "accounts.forget_mail", "mail")
every(30, "messaging.confirm_opt_outs", "clock")
every(2, "accounts.run_jobs", "bulk")
every(3600, "accounts.forget_jobs", "bulk")
every(1, "subaccounts.spread_settings", "clock")
every(60, "accounts.close_accounts", "clock")
every(60, "billing.note_balances", "clock")
every(60, "senders.warn_of_limits", "clock")
every(10, "hub.beat_heart", "clock")
