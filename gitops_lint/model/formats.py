"""What the `format` words of the schemas mean for a text, as the controllers that read it mean it; asked by schemas and rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from gitops_lint.pattern import pattern


def check_format(name: str, text: str) -> str | None:
    """
    What is wrong with `text` as a `name`, or None where it is right or nobody here can tell.

    The answer is a clause that follows the quoted text: "is not a duration: …". A name that is not in FORMATS is an
    annotation, as JSON Schema has it: None.
    """
    check = FORMATS.get(name)
    return check(text) if check else None


# ---- durations

_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_PART = pattern(r"(\d++\.?\d*+|\.\d++)(ns|us|µs|μs|ms|s|m|h)")
_DAYS = pattern(r"(\d+)\s*(d|days?|w|weeks?)$", re.ASCII)
_WORDS = pattern(r"(\d+)\s*(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)$", re.ASCII)
_LONGEST = 2**63 - 1


def _duration(text: str) -> str | None:
    """Go's time.ParseDuration: an optional sign, then `0` or numbers with a unit each."""
    unsigned = text[1:] if text[:1] in ("-", "+") else text
    if unsigned == "0":
        return None
    at, total = 0, 0.0
    while part := _PART.match(unsigned, at):
        total += float(part[1]) * _UNITS[part[2]]
        at = part.end()
    if at == 0 or at < len(unsigned):
        return f"is not a duration: it takes numbers with the units ns, us, ms, s, m or h{_instead_of(unsigned)}"
    return "is longer than a duration can be: about 292 years" if total > _LONGEST else None


def _rollout_duration(text: str) -> str | None:
    """
    A number of seconds, or a Go duration; never negative.

    Source: argo-rollouts pkg/apis/rollouts/v1alpha1/types.go RolloutPause.DurationSeconds; argo-cd's retry backoff reads the same.
    """
    if not re.fullmatch(r"[+-]?\d+", text, re.ASCII) and (wrong := _duration(text)):
        return wrong.replace("it takes numbers", "it takes a number of seconds, or numbers", 1)
    return "is negative: a duration counts from 0" if re.match("-.*[1-9]", text) else None


def _instead_of(text: str) -> str:
    if found := _DAYS.match(text):
        hours = int(found[1]) * (24 if found[2].startswith("d") else 168)
        return f"; write `{hours}h`"
    if found := _WORDS.match(text):
        return f"; write `{found[1]}{found[2][0]}`"
    if re.fullmatch(r"\d+", text, re.ASCII):
        return f"; write `{text}s` for seconds"
    return ", as in `1h30m`"


# ---- times

_DESCRIPTORS = ("@annually", "@daily", "@hourly", "@midnight", "@monthly", "@weekly", "@yearly")
_MONTHS = dict(zip(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], range(1, 13)))
_DAYS_OF_WEEK = dict(zip(["sun", "mon", "tue", "wed", "thu", "fri", "sat"], range(7)))
_CRON_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of month", 1, 31, {}),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 6, _DAYS_OF_WEEK),
)


def _cron(text: str) -> str | None:
    """Five fields, as Argo CD's sync windows parse them: robfig/cron v3 without descriptors (`@daily` is refused)."""
    if text.startswith("@"):
        return "is not a schedule here: five fields are needed (minute, hour, day of month, month, day of week), `@…` is not known"
    return _cron_fields(text)


def _cron_standard(text: str) -> str | None:
    """Five fields or a descriptor: robfig/cron v3 ParseStandard, which Kubernetes uses for a CronJob."""
    rest = _without_zone(text)
    if not rest.startswith("@"):
        return _cron_fields(text)
    if rest.startswith("@every "):
        wrong = _duration(rest.removeprefix("@every "))
        return f"repeats every `{rest.removeprefix('@every ')}`, which {wrong}" if wrong else None
    return (
        None
        if rest in _DESCRIPTORS
        else f"is not a schedule: after `@` stands one of {', '.join(_DESCRIPTORS)}, `@every 1h`"
    )


def _without_zone(text: str) -> str:
    if text.startswith(("TZ=", "CRON_TZ=")):
        return text.partition(" ")[2].strip()
    return text


def _cron_fields(text: str) -> str | None:
    rest = _without_zone(text)
    if rest is not text:
        zone = text.partition("=")[2].partition(" ")[0]
        if wrong := _timezone(zone):
            return f"is in the time zone `{zone}`, which {wrong}"
    fields = rest.split()
    if len(fields) != 5:
        return f"is not a schedule: it has {len(fields)} fields, needed are 5 (minute, hour, day of month, month, day of week)"
    for field, (word, low, high, names) in zip(fields, _CRON_FIELDS):
        for part in field.split(","):
            if wrong := _cron_part(part, low, high, names):
                return f"is not a schedule: {word} `{part}` {wrong}"
    return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text.lstrip("0")) < 9


def _cron_part(part: str, low: int, high: int, names: dict[str, int]) -> str | None:
    span, *steps = part.split("/")
    ends = span.split("-")
    if len(steps) > 1 or len(ends) > 2:
        return "has too many parts, as in `1-5/2`"
    if ends[0] in ("*", "?"):
        first, last = low, high
    else:
        # no field has a number of more than two digits, and Python refuses to read one of thousands
        numbers = [names.get(end.lower(), int(end[-9:]) if _is_number(end) else -1) for end in ends]
        first, last = numbers[0], numbers[-1]
        if min(numbers) < low or max(numbers) > high:
            also = f" or {'-'.join(names)}".replace("-", ", ") if names else ""
            return f"is outside {low} to {high}{also}"
        if steps and len(ends) == 1:
            last = high
    if first > last:
        return "ends before it begins"
    if steps and not (steps[0].isascii() and steps[0].isdigit() and int(steps[0]) > 0):
        return "needs a step of at least 1"
    return None


def _timezone(text: str) -> str | None:
    if text in ("", "UTC", "Local"):
        return None
    # not at the top: most runs never see a time zone
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # without time zone data on this machine nobody can tell
        known = available_timezones()
        return "is not a time zone: the IANA names are like `Europe/Berlin`" if known else None
    return None


_RFC3339 = pattern(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII)


def _rfc3339(text: str) -> str | None:
    found = _RFC3339.fullmatch(text)
    if found:
        try:
            datetime.strptime(found[1], "%Y-%m-%dT%H:%M:%S")
        except ValueError:
            found = None
    return None if found else "is not a time in RFC 3339 form, as in `2027-03-01T08:00:00Z`"


# ---- numbers

_QUANTITY = pattern(r"[+-]?(\d++\.?\d*+|\.\d++)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d+)?", re.ASCII)
_NEARLY = pattern(r"([+-]?(?:\d++\.?\d*+|\.\d++))\s*+([kmgtpe])(i?)b?(?:ytes?)?", re.ASCII | re.IGNORECASE)


def _quantity(text: str) -> str | None:
    """A Kubernetes quantity. Source: apimachinery pkg/api/resource/quantity.go."""
    if _QUANTITY.fullmatch(text):
        return None
    nearly = _NEARLY.fullmatch(text)
    if not nearly:
        return "is not a quantity: a number with a suffix such as m, k, M, G, Ki, Mi or Gi, as in `500m` or `512Mi`"
    letter = nearly[2].upper()
    suffix = f"{letter}i" if nearly[3] else letter.replace("K", "k")
    return f"is not a quantity: its suffix is not one of m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei; write `{nearly[1]}{suffix}`"


def _percent(text: str) -> str | None:
    return (
        None if re.fullmatch(r"\d+%", text, re.ASCII) else "is not a percentage: digits and a percent sign, as in `25%`"
    )


def _int_or_percent(text: str) -> str | None:
    """Kubernetes takes text only with a percent sign: `"1"` in quotes is refused, `1` is a number."""
    if re.fullmatch(r"\d+%", text, re.ASCII):
        return None
    if re.fullmatch(r"\d+", text, re.ASCII):
        return f"is text, and text must be a percentage: write {text} without quotes, or `{text}%`"
    return "is neither a whole number nor a percentage such as `25%`"


def _wave(text: str) -> str | None:
    """Go's strconv.Atoi, 64 bit. Source: argo-cd gitops-engine pkg/sync/syncwaves/waves.go."""
    if re.fullmatch(r"[+-]?\d+", text, re.ASCII) and len(text) < 4000 and -(2**63) <= int(text) < 2**63:
        return None
    return "is not a whole number, as in `-1` or `5`"


# ---- expressions


def _re2(text: str) -> str | None:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(text, options=options)
    except re2.error as wrong:
        reason = wrong.args[0] if wrong.args else ""
        reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        return (
            f"is not a regular expression of Go's kind (RE2): {reason}"
            if reason
            else "is not a regular expression (RE2)"
        )
    return None


FORMATS: dict[str, Callable[[str], str | None]] = {
    "duration": _duration,
    "rollout-duration": _rollout_duration,
    "cron": _cron,
    "cron-standard": _cron_standard,
    "timezone": _timezone,
    "rfc3339": _rfc3339,
    "quantity": _quantity,
    "percent": _percent,
    "int-or-percent": _int_or_percent,
    "wave": _wave,
    "re2": _re2,
}
