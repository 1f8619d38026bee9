"""The list as RSS 2.0, each warning as CAP 1.2, in the shape BMKG had in 2026, in two languages."""

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from xml.sax.saxutils import escape

from .observatory import Published, Ring

_WIB = timezone(timedelta(hours=7))
_SENDER = "cuaca@bmkg.contoh"
_WORDS = {
    "id": (
        "Hujan Lebat dan Petir",
        "Hujan Lebat disertai Petir di Provinsi Contoh",
        "Data contoh: bukan peringatan.",
    ),
    "en": (
        "Thunderstorm",
        "Thunderstorm with heavy rain in Sample Province",
        "Sample data: no warning at all.",
    ),
}


def rss(warnings: list[Published], *, base: str, language: str) -> bytes:
    """Return the list in *language*."""
    items = [_item(each, base, language) for each in warnings if language in each.languages]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<?xml-stylesheet type="text/xsl" href="/cap/contoh.xsl"?>',
            '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>',
            "<title>Peringatan Dini Cuaca (data contoh)</title>",
            f"<link>{escape(base)}/alerts/nowcast/{language}/rss.xml</link>",
            f"<language>{language}</language>",
            *items,
            "</channel></rss>",
        ]
    ).encode()


def cap(warning: Published, *, language: str) -> bytes:
    """Return one warning, cut in the middle where it is broken."""
    kind = "Cancel" if warning.cancels else "Alert"
    text = "\n".join(
        [
            '<?xml version="1.0" ?>',
            '<?xml-stylesheet type="text/xsl" href="/cap/contoh.xsl"?>',
            '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">',
            f"<identifier>{warning.identifier}</identifier><sender>{_SENDER}</sender>",
            f"<sent>{_local(warning.sent)}</sent><status>{warning.status}</status>",
            f"<msgType>{kind}</msgType><scope>Public</scope>",
            _references(warning.cancels) if warning.cancels else "",
            _info(warning, language),
            "</alert>",
        ]
    )
    return text[: len(text) // 2].encode() if warning.broken else text.encode()


def _item(warning: Published, base: str, language: str) -> str:
    event, headline, _ = _WORDS[language]
    link = f"{base}/alerts/nowcast/{language}/{warning.code}_alert.xml"
    return (
        f"<item><title>{headline}</title><link>{escape(link)}</link><description>{event}</description>"
        f'<category>Met</category><guid isPermaLink="false">{warning.identifier}</guid>'
        f"<pubDate>{format_datetime(warning.sent.astimezone(_WIB))}</pubDate></item>"
    )


def _references(cancelled: Published) -> str:
    return f"<references>{_SENDER},{cancelled.identifier},{_local(cancelled.sent)}</references>"


def _info(warning: Published, language: str) -> str:
    event, headline, text = _WORDS[language]
    return "\n".join(
        [
            f"<info><language>{language}</language><category>Met</category><event>{event}</event>",
            f"<urgency>Immediate</urgency><severity>{warning.severity}</severity>",
            "<certainty>Observed</certainty>",
            f"<eventCode><valueName>OET:v1.2</valueName><value>{warning.event}</value></eventCode>",
            f"<effective>{_local(warning.effective)}</effective>",
            f"<expires>{_local(warning.expires)}</expires>",
            f"<senderName>Badan Contoh</senderName><headline>{headline}</headline>",
            f"<description>{text}</description><web>https://bmkg.contoh.invalid/gambar.jpg</web>",
            "<area><areaDesc>Provinsi Contoh</areaDesc>",
            *[f"<polygon>{_points(ring)}</polygon>" for ring in warning.rings],
            "</area></info>",
        ]
    )


def _points(ring: Ring) -> str:
    return " ".join(f"{latitude:.3f},{longitude:.3f}" for latitude, longitude in ring)


def _local(at: datetime) -> str:
    return at.astimezone(_WIB).isoformat(timespec="seconds")
