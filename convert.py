"""Records of recipe `published` in the form of today: a phase shows a mixture or not.

Run once; calibrate and evaluate then write what they found on people's pictures.
"""

import json

from fmnist.runs import WEIGHTS_DIR

for path in WEIGHTS_DIR.glob("*-published.json"):
    record = json.loads(path.read_text())
    for phase in record["recipe"]["phases"]:
        phase["mixture"] = phase.pop("augmentation") is not None
        del phase["average_with_start"]
    for field in ("settings", "confidence", "test"):
        record.pop(field, None)
    path.write_text(json.dumps(record))
