"""
The words of the hand-over contract (contracts/partners/police) and ours, table by table.

The envelope's are of EDXL-DE 2.0, the steps of Hub Sante's RC-REF and of APCO/CSAA 2.101 (ASAP).
"""

from contracts import AlertKind, Category, Progress, Severity

REPORT, UPDATE, CANCEL, ACK, ERROR = "Report", "Update", "Cancel", "Ack", "Error"
ACTUAL, EXERCISE, TEST = "Actual", "Exercise", "Test"

# The first word of a case, or of something that is no case, is a Report.
KINDS = {AlertKind.UPDATE: UPDATE, AlertKind.CLOSED: UPDATE, AlertKind.CANCEL: CANCEL}
STATUS_OF_CASE = {AlertKind.CLOSED: "CLOSED", AlertKind.CANCEL: "CANCELLED"}  # else OPEN

PRIORITIES = {
    Severity.EXTREME: "P0",
    Severity.SEVERE: "P1",
    Severity.MODERATE: "P2",
    Severity.UNKNOWN: "P2",
    Severity.MINOR: "P3",
}
URGENT = "P1"  # at least, whatever the severity

LABELS: dict[Category, tuple[str, str]] = {
    Category.AMBULANCE: ("Orang sakit atau terluka", "Person ill or injured"),
    Category.TRAFFIC_ACCIDENT: ("Kecelakaan lalu lintas", "Traffic accident"),
    Category.FIRE: ("Kebakaran", "Fire"),
    Category.RESCUE: ("Penyelamatan", "Rescue"),
    Category.FALLEN_TREE: ("Pohon tumbang", "Fallen tree"),
    Category.ANIMAL: ("Gangguan hewan", "Animal"),
    Category.TRAFFIC: ("Gangguan lalu lintas", "Traffic obstruction"),
    Category.CRIME: ("Kejahatan", "Crime"),
    Category.DOMESTIC_VIOLENCE: ("Kekerasan dalam rumah tangga", "Domestic violence"),
    Category.CHILD_IN_DANGER: ("Anak dalam bahaya", "Child in danger"),
    Category.PSYCHIATRIC: ("Orang dengan gangguan jiwa", "Psychiatric emergency"),
    Category.NEGLECTED_PERSON: ("Orang terlantar", "Neglected person"),
    Category.FLOOD: ("Banjir", "Flood"),
    Category.LANDSLIDE: ("Tanah longsor", "Landslide"),
    Category.STORM: ("Angin kencang", "Storm"),
    Category.EARTHQUAKE: ("Gempa bumi", "Earthquake"),
    Category.HAZE: ("Kabut asap", "Haze"),
    Category.PUBLIC_FACILITY: ("Fasilitas umum rusak", "Public facility"),
    Category.OTHER: ("Lain-lain", "Other"),
}

AT_ONCE = {"RECEIVED": Progress.RECEIVED, "INTEGRATED": Progress.INTEGRATED}  # of a machine, in its answer
STEPS = {
    **AT_ONCE,
    "READ": Progress.READ,
    "ACCEPTED": Progress.ACCEPTED,
    "REJECTED": Progress.REFUSED,
    "DISPATCHED": Progress.DISPATCHED,
    "ONSCENE": Progress.ON_SCENE,
    "CLOSED": Progress.CLOSED,
}

# What a refused message was refused for (HTTP 4xx), after Hub Sante's codes 102 to 704.
REFUSALS = {
    "UNREADABLE": "unreadable",
    "SCHEMA": "schema",
    "EXPIRED": "expired",
    "UNKNOWN_SENDER": "unknown_sender",
    "NOT_FOR_US": "not_for_us",
    "WRONG_SEQUENCE": "wrong_sequence",
    "PERSONAL_DATA": "personal_data",
}
