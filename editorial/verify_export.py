#!/usr/bin/env python3
"""Verifies an exported audit chain with nothing but Python: `python verify_export.py FILE [NUMBER:HASH …]`.

Exit codes: 0 whole, 1 a broken link, 2 shorter than an anchor, 64 the file or an anchor cannot be read.
"""

import hashlib
import json
import sys


def hash_of(entry):
    said = {key: value for key, value in entry.items() if key != "hash"}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def broken_link(entries):
    """The first entry that does not fit, in words, or nothing. A file may begin in the middle of the chain."""
    before = None
    for entry in entries:
        number = entry["sequence"]
        if hash_of(entry) != entry["hash"]:
            return f"entry {number} was changed after it was written"
        if before and (number != before["sequence"] + 1 or entry["previous"] != before["hash"]):
            return f"entry {number} does not continue entry {before['sequence']}"
        if number == 1 and entry["previous"] != "0" * 64:
            return "entry 1 is not a first stone"
        before = entry
    return ""


def missing_anchor(entries, anchors):
    by_number = {entry["sequence"]: entry["hash"] for entry in entries}
    for number, start in anchors:
        if not by_number.get(number, "").startswith(start) or number not in by_number:
            return f"entry {number} is not there as its anchor quotes it"
    return ""


def main(arguments):
    try:
        with open(arguments[0], encoding="utf-8") as lines:
            entries = [json.loads(line) for line in lines if line.strip()]
        anchors = [(int(number), start) for number, start in (a.split(":", 1) for a in arguments[1:])]
        fault = broken_link(entries)
    except (IndexError, OSError, ValueError, KeyError, TypeError) as trouble:
        print(f"Cannot be read: {trouble!r}. Usage: verify_export.py FILE [NUMBER:HASH …]", file=sys.stderr)
        return 64
    lost = missing_anchor(entries, anchors)
    if fault or lost:
        print(fault or lost, file=sys.stderr)
        return 1 if fault else 2
    print(f"Whole: {len(entries)} entries, each continuing the one before it.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
