"""Who plays here. Names are public, everything else is invented."""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One agency; *kind* is its wire: `police` or `webhook`."""

    id: str
    name: str
    kind: str
    officer: str
    rank: str | None
    post: str

    @property
    def path(self) -> str:
        """Return where it takes messages."""
        return f"/agencies/{self.id}/{'cases' if self.kind == 'police' else 'hook'}"

    @property
    def secret(self) -> str:
        """Return the secret both sides know; it opens sample data only."""
        return "whsec_" + b64encode(sha256(f"demo-{self.id}".encode()).digest()).decode()


AGENCIES = (
    AgencyRow("polresta-jambi", "Polresta Jambi", "police", "Andi Contoh", "Bripka", "Piket SPKT"),
    AgencyRow("damkar", "Damkar Kota Jambi", "webhook", "Sari Contoh", None, "Pos Utama"),
    AgencyRow(
        "dinsos", "Dinas Sosial Kota Jambi", "webhook", "Rina Contoh", None, "Piket Rehabilitasi Sosial"
    ),
    AgencyRow("dispatch", "Sistem panggilan 112", "webhook", "Doni Contoh", None, "Meja operator"),
)
