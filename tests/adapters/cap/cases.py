"""The hand-made messages of the facts (alerting, 1.4): one is valid, all others are wrong in one way each."""

from typing import NamedTuple

VALID = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>contoh.2026.11.24.000001</identifier>
  <sender>cuaca.contoh.example</sender>
  <sent>2026-11-24T10:00:00+07:00</sent>
  <status>Actual</status>
  <msgType>Update</msgType>
  <scope>Public</scope>
  <references>cuaca.contoh.example,contoh.2026.11.24.000000,2026-11-24T09:00:00+07:00</references>
  <info>
    <language>id</language>
    <category>Met</category>
    <event>Hujan lebat contoh</event>
    <urgency>Immediate</urgency>
    <severity>Moderate</severity>
    <certainty>Observed</certainty>
    <eventCode><valueName>OET:v1.2</valueName><value>OET-194</value></eventCode>
    <effective>2026-11-24T10:05:00+07:00</effective>
    <expires>2026-11-24T12:05:00+07:00</expires>
    <headline>Hujan lebat di Kota Contoh</headline>
    <description>Keterangan contoh.</description>
    <web>https://cuaca.contoh.example/peta.jpg</web>
    <resource>
      <resourceDesc>Peta</resourceDesc>
      <mimeType>image/jpeg</mimeType>
      <uri>https://cuaca.contoh.example/peta.jpg</uri>
    </resource>
    <area>
      <areaDesc>Kota Contoh</areaDesc>
      <polygon>-1.60,103.55 -1.60,103.65 -1.70,103.65 -1.60,103.55</polygon>
      <circle>-1.62,103.60 5</circle>
      <geocode><valueName>KEMENDAGRI</valueName><value>15.71</value></geocode>
      <altitude>30</altitude>
      <ceiling>300</ceiling>
    </area>
  </info>
</alert>
"""
_SENT = "<sent>2026-11-24T10:00:00+07:00</sent>"
_REFERENCE = "cuaca.contoh.example,contoh.2026.11.24.000000,2026-11-24T09:00:00+07:00"
_RING = "-1.60,103.55 -1.60,103.65 -1.70,103.65 -1.60,103.55"
_SCOPE = "<scope>Public</scope>"


class Case(NamedTuple):
    """One message; *schema* is what the OASIS schema says of it, *code* what we call what is wrong."""

    name: str
    body: str
    schema: bool
    code: str | None


def _case(name: str, old: str, new: str, code: str, *, schema: bool = False) -> Case:
    assert VALID.count(old) == 1, (name, old)
    return Case(name, VALID.replace(old, new), schema, code)


CASES = (
    Case("valid", VALID, True, None),
    _case("sent with Z", _SENT, "<sent>2026-11-24T03:00:00Z</sent>", "cap.form.sent"),
    _case("sent with a fraction", _SENT, "<sent>2026-11-24T10:00:00.5+07:00</sent>", "cap.form.sent"),
    _case("offset without colon", _SENT, "<sent>2026-11-24T10:00:00+0700</sent>", "cap.form.sent"),
    _case("sent without offset", _SENT, "<sent>2026-11-24T10:00:00</sent>", "cap.form.sent"),
    _case("month 13", _SENT, "<sent>2026-13-24T10:00:00+07:00</sent>", "cap.form.sent"),
    _case(
        "out of order",
        "<urgency>Immediate</urgency>\n    <severity>Moderate</severity>",
        "<severity>Moderate</severity>\n    <urgency>Immediate</urgency>",
        "cap.order.urgency",
    ),
    _case("status in lower case", ">Actual<", ">actual<", "cap.form.status"),
    _case("status with blanks", ">Actual<", "> Actual <", "cap.form.status"),
    _case("invented severity", ">Moderate<", ">Critical<", "cap.form.severity"),
    _case("certainty of CAP 1.0", ">Observed<", ">Very Likely<", "cap.form.certainty"),
    _case("no scope", _SCOPE, "", "cap.missing.scope"),
    _case("no mimeType", "<mimeType>image/jpeg</mimeType>", "", "cap.missing.mimeType"),
    _case("CAP 1.1", "cap:1.2", "cap:1.1", "cap.namespace"),
    _case("invented element", _SCOPE, f"{_SCOPE}<mood>good</mood>", "cap.unknown_element"),
    _case("bad language", "<language>id<", "<language>in_ID<", "cap.form.language"),
    _case("comma in identifier", "24.000001<", "24,000001<", "rule.identifier", schema=True),
    _case("blank in sender", "<sender>cuaca.", "<sender>cuaca ", "rule.sender", schema=True),
    _case("no identifier", "contoh.2026.11.24.000001", "", "cap.empty.identifier", schema=True),
    _case("half a reference", ",contoh.2026.11.24.000000,", ",", "cap.form.references", schema=True),
    _case("circle without radius", "103.60 5<", "103.60<", "cap.form.circle", schema=True),
    _case("open polygon", _RING, f"{_RING[:-12]}-1.61,103.56", "rule.polygon_open", schema=True),
    _case(
        "polygon of two", _RING, "-1.60,103.55 -1.7,103.6 -1.60,103.55", "rule.polygon_too_short", schema=True
    ),
    _case(
        "longitude first",
        _RING,
        "103.55,-1.60 103.65,-1.60 103.65,-1.70 103.55,-1.60",
        "rule.no_such_place",
        schema=True,
    ),
    _case(
        "Update of nothing",
        f"<references>{_REFERENCE}</references>",
        "",
        "rule.references_missing",
        schema=True,
    ),
    _case("refers to itself", "000000,", "000001,", "rule.refers_to_itself", schema=True),
    _case("refers to later", "T09:00:00", "T19:00:00", "rule.refers_to_later", schema=True),
    _case("over before it is sent", "T12:05:00", "T09:05:00", "rule.expires_too_early", schema=True),
    _case("restricted to nobody", _SCOPE, "<scope>Restricted</scope>", "rule.restriction", schema=True),
    _case(
        "private without addresses",
        _SCOPE,
        "<scope>Private</scope>",
        "rule.private_without_addresses",
        schema=True,
    ),
    _case("ceiling alone", "<altitude>30</altitude>", "", "rule.ceiling_without_altitude", schema=True),
)

MORE = (
    _case("Error without note", ">Update<", ">Error<", "rule.error_without_note", schema=True),
    _case(
        "restriction of the public",
        _SCOPE,
        f"{_SCOPE}<restriction>x</restriction>",
        "rule.restriction",
        schema=True,
    ),
    _case("relative link", "<web>https://cuaca.contoh.example", "<web>", "rule.relative_link", schema=True),
    _case("no mimeType's form", ">image/jpeg<", ">gambar<", "rule.mime_type", schema=True),
    _case("an attribute", "<area>", '<area id="7">', "cap.attribute"),
    _case("text between", "<area>", "<area>di sini", "cap.stray_text"),
    _case("an element in a text", "Keterangan contoh.", "<b>Keterangan</b>", "cap.nested"),
    _case("sent twice", _SENT, _SENT + _SENT, "cap.order.sent"),
    _case("no such day", _SENT, "<sent>2026-02-30T10:00:00+07:00</sent>", "cap.form.sent"),
    _case("offset too far", _SENT, "<sent>2026-11-24T10:00:00+15:00</sent>", "cap.form.sent"),
    Case(
        "another root", VALID.replace("alert>", "alarm>").replace("<alert ", "<alarm "), False, "cap.no_alert"
    ),
    _case("no coordinates", _RING, "sekitar pasar", "cap.form.polygon", schema=True),
    _case("circle beyond the pole", "-1.62,103.60 5", "-91,103.60 5", "rule.no_such_place", schema=True),
    _case("negative radius", "103.60 5", "103.60 -5", "rule.radius", schema=True),
)
