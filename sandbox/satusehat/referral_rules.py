"""
What the platform lets an organisation put into its store for a referral.

Sources: facts sections 1.2 (one organisation per client), 1.3 (duplicates) and 2.1 (read 2026-11-23). The
order of the checks and the status of each are assumptions.
"""

from sandbox.fhir.shelf import Resource
from sandbox.referrals.store import Store, identifiers_of

from .faults import BUSINESS_RULE, Refused
from .referral_words import (
    APPROVAL_REQUEST,
    LOCAL_IDS,
    PATIENT_REFERRAL,
    answer_in,
    codes_of,
    organization_of,
    target_of,
)


def check_own(resource: Resource, organization: str) -> None:
    """Raise Refused 403 if the resource speaks in another organisation's name."""
    kind = resource["resourceType"].lower()
    names = {organization_of(resource[name]) for name in ("owner", "requester", "author") if name in resource}
    systems = {system for system, _ in identifiers_of(resource) if system.startswith(LOCAL_IDS + kind)}
    if names - {organization} or systems - {f"{LOCAL_IDS}{kind}/{organization}"}:
        raise Refused(403, "business-rule", BUSINESS_RULE)


def check_new(resource: Resource, store: Store) -> None:
    """Raise Refused 400 if a resource of that kind has one of its identifiers already."""
    wanted = identifiers_of(resource)
    if any(wanted & identifiers_of(kept) for kept in store.all(resource["resourceType"])):
        raise Refused(400, "duplicate", "the resource exists already")


def check_offer(task: Resource, targets: set[str]) -> None:
    """Raise Refused 400 unless the Task asks one hospital of *targets* to take a patient."""
    if APPROVAL_REQUEST not in codes_of(task.get("code")):
        raise Refused(400, "invalid", f"Task.code must be {APPROVAL_REQUEST}")
    if task["status"] != "requested":
        raise Refused(400, "invalid", "Task.status must be requested")
    if organization_of(task.get("owner")) is None:
        raise Refused(400, "required", "Task.owner must be the referring Organization")
    if target_of(task) not in targets:
        raise Refused(400, "not-found", "no input names an Organization of this platform")


def check_plan(plan: Resource) -> None:
    """Raise Refused 400 unless the CarePlan is one of a referral."""
    if PATIENT_REFERRAL not in codes_of(*plan.get("category", [])):
        raise Refused(400, "invalid", f"CarePlan.category must hold {PATIENT_REFERRAL}")


def check_referral_order(order: Resource, store: Store) -> None:
    """Raise Refused 400 unless a ServiceRequest sends a patient to a hospital that has accepted."""
    if PATIENT_REFERRAL not in codes_of(*order.get("category", [])):
        raise Refused(400, "invalid", f"ServiceRequest.category must hold {PATIENT_REFERRAL}")
    if not any(store.follow("CarePlan", reference) for reference in order.get("basedOn", [])):
        raise Refused(400, "not-found", "ServiceRequest.basedOn leads to no CarePlan")
    if organization_of(order.get("requester")) is None:
        raise Refused(400, "required", "ServiceRequest.requester must be the referring Organization")
    if not _accepted(order, store):
        raise Refused(400, "business-rule", "no performer has accepted")


def _accepted(order: Resource, store: Store) -> bool:
    performers = {organization_of(reference) for reference in order.get("performer", [])}
    owner = organization_of(order.get("requester"))
    return any(
        target_of(task) in performers
        and organization_of(task.get("owner")) == owner
        and (task["status"], answer_in(task)) == ("completed", "accepted")
        for task in store.all("Task")
    )
