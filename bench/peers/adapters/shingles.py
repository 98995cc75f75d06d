"""Shingles made in Python, for the libraries that want sets and not texts."""
import re

WORD = re.compile(r"\w+")
N = 5


def word_shingles(text):
    """Runs of five words; all words as one shingle if there are fewer."""
    words = WORD.findall(text.lower())
    if len(words) < N:
        return [" ".join(words)]
    return list(map(" ".join, zip(*(words[i:] for i in range(N)))))


def character_shingles(text):
    """Runs of five letters or digits."""
    letters = "".join(WORD.findall(text.lower()))
    return [letters[i:i + N] for i in range(max(1, len(letters) - N + 1))]


def shingler(language):
    return {"english": word_shingles, "chinese": character_shingles}[language]
