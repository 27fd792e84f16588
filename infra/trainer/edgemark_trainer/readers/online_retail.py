"""Online Retail: a year of orders of a British gift shop, most of them by wholesalers."""

import csv
import gzip
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import numpy as np

from edgemark_trainer.readers.interactions import InteractionDataset, Interactions, numbered

# Five digits and a letter for a variant. All else is postage, fees, samples, vouchers, corrections.
PRODUCT = re.compile(r"[0-9]{5}[A-Z]{0,2}")

Line = dict[str, str]


def is_order(line: Line) -> bool:
    """Keep sales of products to known customers: no cancellations, gifts or corrections."""
    return (
        bool(line["CustomerID"])
        and not line["InvoiceNo"].startswith("C")
        and float(line["Quantity"]) > 0
        and float(line["UnitPrice"]) > 0
        and PRODUCT.fullmatch(line["StockCode"].upper()) is not None
    )


def seconds(text: str) -> float:
    """Give Unix seconds of a time of the file, taken as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def read_online_retail(root: Path) -> Interactions:
    """Read an event for every product of an order, its value the quantity.

    Products have their most frequent description and their median price.
    """
    path = root / "recommend/uci-online-retail/online-retail.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if is_order(line)]
    titles: dict[str, Counter[str]] = defaultdict(Counter)
    prices: dict[str, list[float]] = defaultdict(list)
    events: dict[tuple[str, str], float] = defaultdict(float)
    orders: dict[str, tuple[str, float]] = {}
    for line in lines:
        code, order = line["StockCode"].upper(), line["InvoiceNo"]
        titles[code][" ".join(line["Description"].split())] += 1
        prices[code].append(float(line["UnitPrice"]))
        events[order, code] += float(line["Quantity"])
        if order not in orders:
            orders[order] = line["CustomerID"].split(".")[0], seconds(line["InvoiceDate"])
    users, user_ids = numbered([orders[order][0] for order, _ in events])
    items, item_ids = numbered([code for _, code in events])
    return Interactions(
        users,
        items,
        np.array(list(events.values())),
        np.array([orders[order][1] for order, _ in events]),
        user_ids,
        item_ids,
        tuple(titles[code].most_common(1)[0][0] for code in item_ids),
        tuple(round(median(prices[code]), 2) for code in item_ids),
    )


ONLINE_RETAIL = InteractionDataset(
    "Online Retail",
    "CC BY 4.0",
    "archive.ics.uci.edu/dataset/352/online+retail, Chen 2015",
    read_online_retail,
)
