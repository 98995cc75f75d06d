"""What text-dedup kept, as JSON Lines of ids, for the judgement: export_ids.py FOLDER FILE"""
import json
import sys

from datasets import load_from_disk

if __name__ == "__main__":
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        for one in load_from_disk(sys.argv[1])["id"]:
            out.write(json.dumps({"id": one}) + "\n")
