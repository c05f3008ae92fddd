"""Who decides about a service's problems, and within how many days."""

from datetime import datetime

from gamebash.backlog.models import Service
from gamebash.core import audit
from gamebash.core.errors import InvalidError
from gamebash.people.models import Person
from gamebash.policy import Permission, is_allowed

AGE_LIMITS = (1, 2, 3, 7, 14, 30, 90)


def set_triage(service: Service, owner: Person | None, days: int, *, by: Person, now: datetime) -> Service:
    """Name who decides about a service's problems, or nobody, and the age in days after which one has waited too long.

    Raises:
        InvalidError: for an age that is not offered, or somebody who may not decide.
    """
    if days not in AGE_LIMITS:
        raise InvalidError(f"Choose one of these ages: {', '.join(map(str, AGE_LIMITS))} days.")
    if owner is not None and not (owner.is_active and is_allowed(owner.roles, Permission.TRIAGE)):
        raise InvalidError(f"{owner.name} may not decide about problems. Choose somebody who may.")
    service.triage_owner, service.triage_days = owner, days
    handle = owner.handle if owner else "nobody"
    audit.record("service:triage_set", service.slug, by_id=by.id, now=now, owner=handle, days=days)
    return service
