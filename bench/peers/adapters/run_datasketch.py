"""datasketch: run_datasketch.py INPUT OUTPUT LANGUAGE PROCESSES"""
from datasketch import LeanMinHash, MinHash, MinHashLSH
from xxhash import xxh32_intdigest

import keep_first
from shingles import shingler

# The bands are given: of itself the library takes 9 bands of 13 slots for 0.8 and 128, and misses
# a tenth of the pairs.
THRESHOLD, SLOTS, BANDS, SEED = 0.8, 128, (16, 8), 1


def sketches(texts, language):
    shingles = shingler(language)
    sets = [[shingle.encode() for shingle in shingles(text)] for text in texts]
    made = MinHash.bulk(sets, num_perm=SLOTS, seed=SEED, hashfunc=xxh32_intdigest)
    return [LeanMinHash(one) for one in made]


def index():
    bands = MinHashLSH(num_perm=SLOTS, params=BANDS)
    kept = []

    def keeps(sketch):
        if any(sketch.jaccard(kept[i]) >= THRESHOLD for i in bands.query(sketch)):
            return False
        bands.insert(len(kept), sketch, check_duplication=False)
        kept.append(sketch)
        return True

    return keeps


if __name__ == "__main__":
    keep_first.run(sketches, index)
