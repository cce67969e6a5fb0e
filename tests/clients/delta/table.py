"""The other side of run.ts: an implementation of the Delta protocol that shares nothing with Calypso.

table.py write FOLDER     makes the table that Calypso is to read, and one that it is to append to
table.py append FOLDER    appends to a table that Calypso has made, and writes its checkpoint
table.py read FOLDER      prints the rows of a table, a JSON object a line, in the order of id
table.py pruned FOLDER    prints the ids of rows with an id above 25, and how many files their statistics leave
"""

import datetime
import decimal
import json
import sys

import pyarrow as pa
import pyarrow.dataset
from deltalake import DeltaTable, write_deltalake

UTC = datetime.timezone.utc
SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("small", pa.int16()),
        ("text", pa.string()),
        ("at", pa.timestamp("us", "UTC")),
        ("day", pa.date32()),
        ("real", pa.float64()),
        ("single", pa.float32()),
        ("price", pa.decimal128(10, 2)),
        ("yes", pa.bool_()),
        ("list", pa.list_(pa.int64())),
        ("label", pa.string()),
        ("on", pa.date32()),
        ("part", pa.int32()),
    ]
)
LABELS = ["a b", "x/y:z=%20", "Größe 🎈", None]


def row(i):
    return {
        "id": i,
        "small": i % 100,
        "text": None if i % 5 == 4 else f"text {i}",
        "at": datetime.datetime(2024, 1, 1, 1, 2, 3, 456789, UTC) + datetime.timedelta(days=i),
        "day": datetime.date(2024, 1, 1) + datetime.timedelta(days=i),
        "real": None if i % 7 == 6 else i / 4,
        "single": i / 2,
        "price": decimal.Decimal(i) / 100,
        "yes": None if i % 3 == 2 else i % 3 == 0,
        "list": list(range(i % 3)),
        "label": LABELS[i % len(LABELS)],
        "on": None if i % 4 == 3 else datetime.date(2024, 2, 1 + i % 2),
        "part": i % 2,
    }


def rows(first, last):
    return pa.Table.from_pylist([row(i) for i in range(first, last)], schema=SCHEMA)


def write(folder):
    table = f"{folder}/theirs"
    for first in range(0, 30, 10):
        write_deltalake(table, rows(first, first + 10), mode="append", partition_by=["label", "on", "part"])
    DeltaTable(table).delete("id = 7")
    DeltaTable(table).create_checkpoint()
    write_deltalake(table, rows(30, 40), mode="append")
    DeltaTable(table).delete("id = 31")
    target = pa.schema([("label", pa.string()), ("id", pa.int64()), ("at", pa.timestamp("us", "UTC"))])
    DeltaTable.create(f"{folder}/partitioned", schema=target, partition_by=["label"])


def append(folder):
    table = DeltaTable(folder)
    names = {"id": pa.int64(), "label": pa.string(), "at": pa.timestamp("us", "UTC")}
    at = datetime.datetime(2024, 1, 1, tzinfo=UTC)
    added = [{"id": i, "label": "theirs", "at": at} for i in range(1000, 1010)]
    write_deltalake(table, pa.Table.from_pylist(added, schema=pa.schema(list(names.items()))), mode="append")
    DeltaTable(folder).create_checkpoint()


def text(value):
    if isinstance(value, datetime.datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
    if isinstance(value, datetime.date):
        return f"{value.isoformat()}T00:00:00.0000000Z"
    return str(value)


def read(folder):
    for one in DeltaTable(folder).to_pyarrow_table().sort_by("id").to_pylist():
        print(json.dumps(one, default=text))


def pruned(folder):
    table = DeltaTable(folder)
    dataset = table.to_pyarrow_dataset()
    above = pa.dataset.field("id") > 25
    left = list(dataset.get_fragments(filter=above))
    ids = sorted(dataset.to_table(filter=above).column("id").to_pylist())
    print(json.dumps({"ids": ids, "files": len(left), "all": len(table.file_uris())}))


{"write": write, "append": append, "read": read, "pruned": pruned}[sys.argv[1]](sys.argv[2])
