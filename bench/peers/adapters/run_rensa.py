"""rensa: run_rensa.py INPUT OUTPUT LANGUAGE PROCESSES"""
from rensa import RMinHash, RMinHashLSH

import keep_first
from shingles import shingler

THRESHOLD, SLOTS, BANDS, SEED = 0.8, 128, 16, 42


def sketches(texts, language):
    shingles = shingler(language)
    return RMinHash.from_token_sets([shingles(text) for text in texts], SLOTS, SEED)


def index():
    bands = RMinHashLSH(THRESHOLD, SLOTS, BANDS)
    kept = []

    def keeps(sketch):
        if any(sketch.jaccard(kept[i]) >= THRESHOLD for i in bands.query(sketch)):
            return False
        bands.insert(len(kept), sketch)
        kept.append(sketch)
        return True

    return keeps


if __name__ == "__main__":
    keep_first.run(sketches, index)
