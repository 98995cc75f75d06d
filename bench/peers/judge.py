"""What a run is worth, by the planted truth.

The truth has the exact Jaccard of every two documents of one planted cluster (an original and its
copies); documents of different clusters have nothing in common but chance. So a removal can be
judged without looking at texts again:

  recall     of the planted pairs at the threshold or above, the share of which at least one
             document was removed: what `end_to_end_bench` calls removal
  precision  of the removed documents, the share that has a kept document at the threshold or above

A run that leaves out both documents of a pair and keeps no other twin of them gains in recall and
loses in precision; one that merges chains (A like B, B like C, A not like C) loses precision too.
"""
import json
import os


def read_truth(path, threshold):
    """The planted pairs of which the exact Jaccard is at least `threshold`."""
    pairs = []
    with open(path, encoding="utf-8") as file:
        columns = next(file).rstrip("\n").split("\t")
        a, b, jaccard = (columns.index(name) for name in ("id_a", "id_b", "jaccard"))
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if float(fields[jaccard]) >= threshold:
                pairs.append((fields[a], fields[b]))
    return pairs


def read_ids(path):
    """All ids of the corpus."""
    with open(path, encoding="utf-8") as file:
        next(file)
        return {line.split("\t", 1)[0] for line in file}


def kept_ids(folder):
    """The ids in the JSON Lines files below `folder`, each with how often it stands there."""
    kept = {}
    for root, _, names in os.walk(folder):
        for name in names:
            if not name.endswith(".jsonl"):
                continue
            with open(os.path.join(root, name), encoding="utf-8") as file:
                for line in file:
                    one = json.loads(line)["id"]
                    kept[one] = kept.get(one, 0) + 1
    return kept


def judge(ids, pairs, kept):
    """Figures of a run that kept the documents `kept` of `ids`."""
    unknown = [one for one in kept if one not in ids]
    if unknown or any(times > 1 for times in kept.values()):
        raise ValueError("documents were written that are not in the corpus, or written twice")
    if not kept:
        raise ValueError("no document was kept")
    removed = {one for one in ids if one not in kept}
    resolved = 0
    rightly = set()
    for a, b in pairs:
        if a in removed or b in removed:
            resolved += 1
        if a in removed and b in kept:
            rightly.add(a)
        if b in removed and a in kept:
            rightly.add(b)
    return {
        "documents": len(ids),
        "kept": len(kept),
        "removed": len(removed),
        "planted_pairs": len(pairs),
        "recall": resolved / len(pairs) if pairs else 1.0,
        "precision": len(rightly) / len(removed) if removed else 1.0,
    }
