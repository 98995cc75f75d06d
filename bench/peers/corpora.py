"""The corpora: made by `refrain generate` from one seed, the same for every engine."""
import os
import subprocess

SEED = 20260
FULL_BYTES = 250_000_000  # what 120,000 documents of either language are about
FULL_DOCUMENTS = 120_000

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
    """One file, the same cut into parts for engines that use more than one processor only if there
    are several files, and the truth about its copies."""

    def __init__(self, language, documents, folder):
        self.language = language
        self.documents = documents
        self.path = os.path.join(folder, f"{language}-{documents}.jsonl")
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
        return self

    def parts(self, count):
        """A folder with the corpus in `count` consecutive files of about equal size."""
        folder = f"{self.path.removesuffix('.jsonl')}.in-{count}"
        if not os.path.exists(folder):
            self.cut(count, folder + ".unfinished")
            os.rename(folder + ".unfinished", folder)
        return folder

    def cut(self, count, folder):
        os.makedirs(folder, exist_ok=True)
        least = self.bytes // count + 1
        with open(self.path, "rb") as source:
            for part in range(count):
                with open(os.path.join(folder, f"part-{part}.jsonl"), "wb") as out:
                    out.writelines(source.readlines(least))

    def warm(self, source):
        """Brings a file or a folder of them into the page cache."""
        paths = [entry.path for entry in os.scandir(source)] if os.path.isdir(source) else [source]
        for path in paths:
            with open(path, "rb", buffering=0) as file:
                while file.read(1 << 22):
                    pass


def corpus_of(language, total_bytes, share, folder):
    documents = max(200, round(FULL_DOCUMENTS * share * total_bytes / FULL_BYTES))
    return Corpus(language, documents, folder)
