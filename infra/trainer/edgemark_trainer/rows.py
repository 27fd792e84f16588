"""One labelled text, the unit that readers give and every later step works on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A text with its class; `group` names what must not be torn apart by a split."""

    text: str
    label: str
    group: str | None = None
