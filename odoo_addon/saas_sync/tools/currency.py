"""Minor units by ISO 4217, which Odoo's own currency settings may differ from."""

ZERO_DECIMAL = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()
)
THREE_DECIMAL = frozenset("BHD IQD JOD KWD LYD OMR TND".split())


def exponent_of(code):
    """Number of decimal places of the currency ``code``: 2 for EUR, 0 for JPY."""
    if code in ZERO_DECIMAL:
        return 0
    return 3 if code in THREE_DECIMAL else 2


def from_minor(minor, code):
    """Minor units as a float in major units: (1999, "EUR") is 19.99."""
    return round(minor / 10 ** exponent_of(code), exponent_of(code))
