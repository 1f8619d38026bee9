"""What a hospital can say to a referral, and why it declines. The code list is invented."""

from dataclasses import dataclass
from datetime import datetime

REASON_SYSTEM = "https://sandbox.contoh.invalid/CodeSystem/alasan-tolak"
REASONS = {
    "full": "Tidak ada tempat tidur kosong",
    "no_specialist": "Dokter spesialis tidak tersedia",
    "no_equipment": "Alat tidak tersedia",
    "overload": "IGD kelebihan beban",
    "not_capable": "Di luar kemampuan pelayanan",
    "bed_not_free": "Tempat tidur ternyata tidak kosong",
}


@dataclass(frozen=True, slots=True)
class Saying:
    """
    One thing said to one Task.

    *kind* is `receive`, `accept`, `decline`, `fail` (it had accepted), `arrive` (it has admitted the patient)
    or `abort` (it agrees to stop). *reason* is a code of REASONS and *words* stand in place of its text.
    """

    kind: str
    reason: str | None = None
    words: str | None = None
    held_until: datetime | None = None

    def coded_reason(self) -> dict[str, object] | None:
        """Return the reason as a CodeableConcept, None where there is none."""
        if self.reason is None:
            return None
        text = self.words or REASONS[self.reason]
        coding = {"system": REASON_SYSTEM, "code": self.reason, "display": REASONS[self.reason]}
        return {"coding": [coding], "text": text}
