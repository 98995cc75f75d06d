"""The engines: which version, with which settings, and how each is started.

An engine is started by one command that reads the corpus and leaves the kept records in a fresh
folder. Anything that an engine needs before (its installation, the corpus in parts) is not timed.
"""
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ADAPTERS = os.path.join(HERE, "adapters")

# What pip installs, each into a virtual environment of its own: the one place for versions.
PACKAGES = {
    "rensa": ["rensa==0.5.0"],
    "datasketch": ["datasketch==2.0.0", "xxhash==3.6.0"],
    "text-dedup": ["text-dedup==0.4.1"],
    "datatrove": ["datatrove[io,processing]==0.10.1", "spacy==3.8.18"],
}


class NotRun(Exception):
    """Why an engine has no figures."""


class Setup:
    """What the command line gave."""

    def __init__(self, work, refrain, floor, duplodocus, python, cpus):
        self.work = work
        self.refrain = refrain
        self.floor = floor
        self.duplodocus = duplodocus
        self.python = python
        self.cpus = cpus


class Engine:
    """One row of the table."""

    languages = ("english", "chinese")
    share = 1.0  # of the corpus
    ours = False
    files = 1  # in how many parts it gets the corpus
    why_no_language = ""

    def __init__(self, name, settings):
        self.name = name
        self.settings = settings
        self.environment = {}

    def prepare(self, setup):
        """Installs it if need be; returns its version. Throws NotRun."""
        raise NotImplementedError

    def source(self, corpus):
        return corpus.path if self.files == 1 else corpus.parts(self.files)

    def command(self, setup, corpus, output):
        raise NotImplementedError

    def kept_folder(self, setup, output):
        """The folder with the kept records as JSON Lines. Not timed."""
        return output


class Refrain(Engine):
    ours = True

    def __init__(self, name, settings, flags=(), environment=None):
        super().__init__(name, settings)
        self.flags = list(flags)
        self.environment = environment or {}

    def prepare(self, setup):
        need_file(setup.refrain, "the refrain command")
        for variable in self.environment:
            if variable.encode() not in read(setup.refrain):
                raise NotRun(f"this build does not know {variable}")
        out = subprocess.run([setup.refrain, "--version"], capture_output=True, text=True)
        return out.stdout.split()[-1] if out.stdout.split() else "unknown"

    def command(self, setup, corpus, output):
        return [setup.refrain, "dedup", corpus.path, "--output", output, "--quiet", "--force",
                "--threshold", "0.8", "--threads", str(setup.cpus), *self.flags]

    def kept_folder(self, setup, output):
        return os.path.join(output, "kept")


class Floor(Engine):
    """The least that any engine must do. It keeps nothing, and has no recall."""

    ours = True

    def prepare(self, setup):
        need_file(setup.floor, "the floor")
        return ""

    def command(self, setup, corpus, output):
        return [setup.floor, corpus.path, os.path.join(output, "copy.jsonl"), str(setup.cpus)]

    def kept_folder(self, setup, output):
        return None


class Duplodocus(Engine):
    files = 8  # it reads several at once; with fewer and larger ones it takes more memory

    def __init__(self, name, settings, tokens, languages):
        super().__init__(name, settings)
        self.tokens = tokens
        self.languages = languages

    def prepare(self, setup):
        if not setup.duplodocus:
            raise NotRun("no --duplodocus given")
        need_file(setup.duplodocus, "duplodocus")
        return setup_version(setup.duplodocus)

    def command(self, setup, corpus, output):
        return [setup.duplodocus, "minhash-memory", "--input-dir", self.source(corpus),
                "--storage-dir", os.path.join(output, "storage"),
                "--output-dir", os.path.join(output, "kept"), "--text-key", "text",
                "--num-buckets", "14", "--bucket-size", "8", "--ngram-size", str(self.tokens),
                "--tokenizer", "uniseg", "--remove-duplicates", "true", "--cleanup-storage"]

    def kept_folder(self, setup, output):
        return os.path.join(output, "kept")


class Python(Engine):
    """A package from PyPI with a script in adapters/."""

    def __init__(self, name, settings):
        super().__init__(name, settings)
        self.script = os.path.join(ADAPTERS, f"run_{name.replace('-', '_')}.py")

    def prepare(self, setup):
        install(self.name, setup)
        return PACKAGES[self.name][0].split("==")[1]

    def command(self, setup, corpus, output):
        return [venv_python(setup, self.name), self.script, corpus.path, output, corpus.language,
                str(setup.cpus)]


class Datatrove(Python):
    languages = ("english",)
    why_no_language = "its shingles are of words, by a word splitter"
    share = 0.05
    files = 2  # a task each, one a processor: each has to load its libraries

    def command(self, setup, corpus, output):
        return [venv_python(setup, self.name), self.script, self.source(corpus), output,
                str(setup.cpus)]

    def kept_folder(self, setup, output):
        return os.path.join(output, "kept")


class TextDedup(Python):
    languages = ("english",)
    why_no_language = "its shingles are of words between spaces"
    share = 0.2

    def kept_folder(self, setup, output):
        subprocess.run([venv_python(setup, self.name), os.path.join(ADAPTERS, "export_ids.py"),
                        os.path.join(output, "kept"), os.path.join(output, "kept.jsonl")],
                       check=True, capture_output=True)
        shutil.rmtree(os.path.join(output, "kept"))
        return output


BOTH = ("english", "chinese")
ALL = [
    Floor("floor", "parse, one XXH3 a text, copy"),
    Refrain("refrain", "default (fast); every pair proven"),
    Refrain("refrain-classic", "`--sketch classic`", ["--sketch", "classic"]),
    Refrain("refrain-avx2", "default, without AVX-512", [], {"REFRAIN_SIMD": "avx2"}),
    # `uniseg` counts the spaces between words as tokens: nine of them are five words.
    Duplodocus("duplodocus", "14 x 8, `uniseg`, 9 tokens (5 words and the spaces between them)", 9,
               ("english",)),
    Duplodocus("duplodocus-5", "14 x 8, `uniseg`, 5 tokens (its own number)", 5, BOTH),
    Python("rensa", "128, 16 x 8, estimate >= 0.8; shingles made in Python"),
    Python("datasketch", "128, 16 x 8, estimate >= 0.8, xxh32; shingles made in Python"),
    TextDedup("text-dedup", "128, 16 x 8, 5 words, xxh3, 32 bits, `check_false_positive`"),
    Datatrove("datatrove", "14 x 8, 5 words, 64 bits"),
]


def read(path):
    with open(path, "rb") as file:
        return file.read()


def need_file(path, what):
    if not path or not os.path.isfile(path):
        raise NotRun(f"{what} is not there: {path}")


def setup_version(binary):
    """A program without a version of its own is named by the commit of the checkout it is in."""
    out = subprocess.run(["git", "-C", os.path.dirname(os.path.abspath(binary)), "log", "-1",
                          "--format=%h, %cs"], capture_output=True, text=True)
    return out.stdout.strip() or "unknown"


def venv_python(setup, name):
    return os.path.join(setup.work, "venv", name, "bin", "python3")


def install(name, setup):
    folder = os.path.join(setup.work, "venv", name)
    done = os.path.join(folder, "installed.txt")
    wanted = "\n".join(PACKAGES[name])
    if os.path.exists(done) and read(done).decode() == wanted:
        return
    print(f"installing {', '.join(PACKAGES[name])}", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    for command in ([setup.python, "-m", "venv", folder],
                    [venv_python(setup, name), "-m", "pip", "install", "--quiet",
                     *PACKAGES[name]]):
        out = subprocess.run(command, capture_output=True, text=True)
        if out.returncode != 0:
            lines = out.stderr.strip().splitlines() or ["no message"]
            raise NotRun(f"it could not be installed: {lines[-1]}")
    with open(done, "w", encoding="utf-8") as file:
        file.write(wanted)
