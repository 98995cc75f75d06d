"""results.json as a section of docs/benchmarks.md, between its marks, and as docs/peers.svg."""
import json
import os

import plot

BEGIN = "<!-- peers: begin (written by bench/peers/peers.py) -->"
END = "<!-- peers: end -->"

HEAD = """## Beside other engines

![Megabytes a second, log scale](peers.svg)

From a JSONL file to the kept records in a fresh folder, on {cpus} processors, until the last process of the run is gone; the same
generated corpora for all (seed {seed}; half of the documents are copies with 0 to 20 % of the words replaced). An engine that is slow gets a smaller corpus of
the same shape. Rounds are interleaved: in each, every engine runs once. Seconds are the median, with least and most; peak memory is that of all
processes together. **Recall** is the share of the planted pairs with Jaccard >= 0.8 of which at least one document was removed; **precision** the share of the
removed documents that have a kept one with Jaccard >= 0.8, exactly counted. The best figure of a column is bold; memory only among those with
the whole corpus. [bench/peers](../bench/peers/README.md) says how to repeat it, and why the settings are what they are.
"""

# (key, what it is called in a sentence, whether more is better, how it is printed)
MEASURES = [
    ("mb_per_second", "speed", True, lambda value: f"{value:.{1 if value >= 1 else 2}f} MB/s"),
    ("cpu_per_mb", "CPU time", False, lambda value: f"{value * 1000:.1f} ms a MB"),
    ("peak_bytes", "peak memory", False, lambda value: f"{value / 1e6:.0f} MB"),
    ("recall", "recall", True, lambda value: f"{value:.4f}"),
    ("precision", "precision", True, lambda value: f"{value:.4f}"),
]

# What is said of a measure in which no other engine is better.
FACTORS = {
    "mb_per_second": "refrain is {factor:.1f} times as fast as the next engine, {rival}.",
    "cpu_per_mb": "Of the others {rival} needs the least CPU time, {factor:.1f} times as much.",
}


def write(results, root):
    with open(results, encoding="utf-8") as file:
        entries = json.load(file)["entries"]
    replace_section(os.path.join(root, "docs", "benchmarks.md"), section(entries))
    with open(os.path.join(root, "docs", "peers.svg"), "w", encoding="utf-8") as file:
        file.write(plot.draw([one for one in entries if "not_run" not in one]))


def section(entries):
    measured = [one for one in entries if "not_run" not in one]
    parts = [HEAD.format(cpus=" or ".join(distinct(measured, "cpus")),
                         seed=" or ".join(sorted({str(one["corpus"]["seed"])
                                                  for one in measured})))]
    parts.append("Measured on " + "; ".join(distinct(measured, "machine")) + ".\n")
    for language in sorted({one["language"] for one in entries}, reverse=True):
        of_language = [one for one in entries if one["language"] == language]
        parts += [f"### {language.capitalize()}\n", table(of_language), sentences(of_language)]
    parts += disturbed([one for one in measured if one["others"] > plot.QUIET])
    return "\n".join(parts)


def disturbed(entries):
    if not entries:
        return []
    least, most = (100 * pick(one["others"] for one in entries) for pick in (min, max))
    return [f"† Other work took {least:.0f} to {most:.0f} % of the processors meanwhile: of these rows read the "
            "CPU time, and not the seconds.\n"]


def distinct(entries, key):
    return sorted({str(one[key]) for one in entries})


def value_of(entry, key):
    if key == "cpu_per_mb":
        return entry["cpu_seconds"] / entry["corpus"]["bytes"] * 1e6
    return entry.get(key)


def competing(entries, key):
    """Those whose figure may be compared: the floor does no such work, and a part of the corpus
    takes less memory."""
    return [one for one in entries
            if "not_run" not in one and one["engine"] != "floor" and value_of(one, key) is not None
            and (key != "peak_bytes" or one["corpus"]["share"] == 1)]


def best(entries, key):
    """The best value as printed, so that what reads the same is equally good."""
    _, _, more, show = next(one for one in MEASURES if one[0] == key)
    values = [value_of(one, key) for one in competing(entries, key)]
    return show(max(values) if more else min(values)) if values else None


def cell(entry, key, entries):
    value = value_of(entry, key)
    if value is None:
        return ""
    show = next(one for one in MEASURES if one[0] == key)[3]
    text = show(value)
    number = text.split()[0]
    is_best = entry in competing(entries, key) and text == best(entries, key)
    return f"**{number}**" if is_best else number


def table(entries):
    rows = ["| engine | settings | corpus, MB | rounds | seconds | MB/s | CPU ms a MB | peak MB | "
            "recall | precision | measured |",
            "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---|"]
    for one in entries:
        name = f"**{one['engine']}**" if one["ours"] else one["engine"]
        if "not_run" in one:
            rows.append(f"| {name} | not run: {one['not_run']} | | | | | | | | | |")
            continue
        cells = [cell(one, key, entries) for key, *_ in MEASURES]
        rows.append("| " + " | ".join([
            f"{name} {one['version']}".strip(), one["settings"],
            f"{one['corpus']['bytes'] / 1e6:.0f}", str(len(one["runs"])), seconds(one), *cells,
            one["date"]]) + " |")
    return "\n".join(rows) + "\n"


def seconds(entry):
    digits = 2 if entry["seconds"] < 10 else 1
    least, middle, most = (f"{entry[key]:.{digits}f}"
                           for key in ("seconds_least", "seconds", "seconds_most"))
    mark = " †" if entry["others"] > plot.QUIET else ""
    return middle + mark if len(entry["runs"]) == 1 else f"{middle} ({least} to {most}){mark}"


def sentences(entries):
    """What the figures say, for and against."""
    said = []
    for key, name, more, show in MEASURES:
        ours = [one for one in competing(entries, key) if one["engine"] == "refrain"]
        others = [one for one in competing(entries, key) if not one["ours"]]
        if not ours or not others:
            continue
        mine = value_of(ours[0], key)
        rival = (max if more else min)(others, key=lambda one: value_of(one, key))
        theirs = value_of(rival, key)
        if key == "mb_per_second" and max(ours[0]["others"], rival["others"]) > plot.QUIET:
            continue  # such a ratio would be one of luck
        if key in FACTORS and (mine >= theirs if more else mine <= theirs):
            factor = mine / theirs if more else theirs / mine
            said.append(FACTORS[key].format(factor=factor, rival=rival["engine"]))
        elif (theirs > mine if more else theirs < mine) and show(theirs) != show(mine):
            said.append(f"**{rival['engine']} is better at {name}**: {show(theirs)}, "
                        f"refrain {show(mine)}.")
    if not any("better" in one for one in said):
        said.append("No other engine was better at speed, CPU time, memory, recall or precision.")
    return " ".join(said) + "\n"


def replace_section(path, text):
    with open(path, encoding="utf-8") as file:
        page = file.read()
    if BEGIN not in page:
        page = page.rstrip("\n") + f"\n\n{BEGIN}\n{END}\n"
    before, rest = page.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{before}{BEGIN}\n{text}{END}{after}")
