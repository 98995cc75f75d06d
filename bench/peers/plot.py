"""Bars of MB/s on a log scale, as SVG. Its own background, so that it can be read on any page."""
import math

WIDTH, LEFT, RIGHT = 760, 170, 110
ROW, BAR, TITLE, FOOT = 26, 16, 40, 30
QUIET = 0.05  # of the processors; if other work took more than that, a figure gets a mark

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .faint { fill: #59636e; font-size: 11px; }
  .page { fill: #ffffff; }
  .grid { stroke: #d1d9e0; }
  .range { stroke: #1f2328; }
  .ours { fill: #0969da; }
  .other { fill: #8c959f; }
  .floor { fill: #d1d9e0; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .faint { fill: #9198a1; }
    .page { fill: #0d1117; }
    .grid { stroke: #3d444d; }
    .range { stroke: #f0f6fc; }
    .ours { fill: #4493f8; }
    .other { fill: #656c76; }
    .floor { fill: #3d444d; }
  }
"""


def draw(entries):
    speeds = [speed for one in entries for speed in speeds_of(one)]
    low = math.floor(math.log10(min(speeds, default=1)))
    high = math.ceil(math.log10(max(speeds, default=10)))
    scale = Scale(low, max(high, low + 1))
    body, y = [], 10
    for language in sorted({one["language"] for one in entries}, reverse=True):
        rows = sorted((one for one in entries if one["language"] == language),
                      key=lambda one: -one["mb_per_second"])
        body += panel(language, rows, scale, y)
        y += TITLE + ROW * len(rows) + FOOT
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" role="img" '
            f'aria-label="Megabytes a second of each engine, log scale">\n<style>{STYLE}</style>\n'
            f'<rect class="page" width="{WIDTH}" height="{y}" rx="6"/>\n'
            + "\n".join(body) + "\n</svg>\n")


class Scale:
    def __init__(self, low, high):
        self.low, self.high = low, high

    def x(self, value):
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)


def speeds_of(entry):
    """The median, the slowest and the fastest run."""
    megabytes = entry["corpus"]["bytes"] / 1e6
    return (entry["mb_per_second"], megabytes / entry["seconds_most"],
            megabytes / entry["seconds_least"])


def panel(language, rows, scale, top):
    bottom = top + TITLE + ROW * len(rows)
    out = [f'<text class="title" x="16" y="{top + 20}">{language.capitalize()}, MB/s '
           f'from file to kept records</text>']
    for power in range(scale.low, scale.high + 1):
        x = scale.x(10.0 ** power)
        out.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top + TITLE - 6}" '
                   f'y2="{bottom}"/>')
        out.append(f'<text class="faint" x="{x:.1f}" y="{bottom + 14}" text-anchor="middle">'
                   f'{10.0 ** power:g}</text>')
    for number, one in enumerate(rows):
        out += bar(one, scale, top + TITLE + ROW * number)
    return out


def bar(entry, scale, y):
    speed, least, most = speeds_of(entry)
    kind = "floor" if entry["engine"] == "floor" else "ours" if entry["ours"] else "other"
    middle = y + BAR / 2
    start, end = scale.x(10.0 ** scale.low), scale.x(speed)
    out = [f'<text x="{LEFT - 10}" y="{middle + 4.5:.1f}" text-anchor="end">{entry["engine"]}'
           f'</text>',
           f'<rect class="{kind}" x="{start:.1f}" y="{y}" width="{end - start:.1f}" '
           f'height="{BAR}" rx="2"/>']
    if len(entry["runs"]) > 1:
        out.append(f'<line class="range" x1="{scale.x(least):.1f}" x2="{scale.x(most):.1f}" '
                   f'y1="{middle}" y2="{middle}"/>')
    digits = 0 if speed >= 100 else 1 if speed >= 1 else 2
    mark = " †" if entry["others"] > QUIET else ""
    right = scale.x(max(speed, most)) + 8
    out.append(f'<text x="{right:.1f}" y="{middle + 4.5:.1f}">{speed:.{digits}f}{mark}</text>')
    return out
