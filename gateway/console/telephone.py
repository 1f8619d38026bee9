"""Telephone numbers as a telephone dials them."""


def dialled(phone: str) -> str:
    """Return *phone* for a tel: link: only digits, a local 0 as +62; short numbers (112, 119) stay."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    if phone.lstrip().startswith("+"):
        return f"+{digits}"
    return f"+62{digits[1:]}" if digits.startswith("0") else digits
