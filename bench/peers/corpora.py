"""The corpora: made by `refrain generate` from one seed, the same for every engine."""
import os
import subprocess

SEED = 20260
FULL_BYTES = 250_000_000  # what 120,000 documents of either language are about
FULL_DOCUMENTS = 120_000
PARTS = 2  # a file for each processor

# The median of a Chinese text is 500 characters, so that it has about as many bytes as an English
# one of 250 words.
LANGUAGES = {
    "english": ["--language", "en", "--median-tokens", "250"],
    "chinese": ["--language", "zh", "--median-tokens", "500"],
}
# The generator's defaults, said here because the figures depend on them.
SHAPE = ["--sigma", "0.8", "--min-tokens", "30", "--max-tokens", "5000", "--copies", "0.5",
         "--max-edit", "0.2", "--edits", "replace"]


class Corpus:
    """One file, the same cut into parts (some engines use more than one core only if there are
    several files), and the truth about its copies."""

    def __init__(self, language, documents, folder):
        self.language = language
        self.documents = documents
        self.path = os.path.join(folder, f"{language}-{documents}.jsonl")
        self.parts = os.path.join(folder, f"{language}-{documents}.in-{PARTS}")
        self.truth = self.path + ".truth.tsv"
        self.clusters = self.path + ".clusters.tsv"

    @property
    def bytes(self):
        return os.path.getsize(self.path)

    def arguments(self):
        return ["generate", "--seed", str(SEED), "--documents", str(self.documents),
                *LANGUAGES[self.language], *SHAPE]

    def ensure(self, refrain):
        # The generator writes the corpus after its truth: if it is there, all is.
        if not os.path.exists(self.path):
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            subprocess.run([refrain, *self.arguments(), "--output", self.path, "--force",
                            "--quiet"], check=True)
        if not os.path.exists(self.parts):
            self.cut()
        return self

    def cut(self):
        """Into consecutive parts of about equal size, at line ends."""
        unfinished = self.parts + ".part"
        os.makedirs(unfinished, exist_ok=True)
        least = self.bytes // PARTS + 1
        with open(self.path, "rb") as source:
            for part in range(PARTS):
                with open(os.path.join(unfinished, f"part-{part}.jsonl"), "wb") as out:
                    out.writelines(source.readlines(least))
        os.rename(unfinished, self.parts)

    def warm(self):
        """Brings the corpus into the page cache."""
        paths = [self.path] + [entry.path for entry in os.scandir(self.parts)]
        for path in paths:
            with open(path, "rb", buffering=0) as file:
                while file.read(1 << 22):
                    pass


def corpus_of(language, total_bytes, share, folder):
    documents = max(200, round(FULL_DOCUMENTS * share * total_bytes / FULL_BYTES))
    return Corpus(language, documents, folder)
