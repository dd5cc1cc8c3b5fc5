#!/usr/bin/env python3
"""Reads what run.sh has logged so far, and writes report.json and report.txt. usage: report.py BUNDLE OUT"""
import json
import os
import re
import sys
import xml.etree.ElementTree as ET

bundle, out = sys.argv[1:3]
logs = os.path.join(out, "logs")


def text(path, limit=200_000):
    try:
        with open(path, errors="replace") as f:
            return f.read(limit)
    except OSError:
        return ""


def lines_of_json(name):
    found = []
    for line in text(os.path.join(logs, name)).splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            pass
    return found


def stages():
    rows = []
    for line in text(os.path.join(logs, "stages.tsv")).splitlines():
        name, code, seconds = line.split("\t")
        said = [l for l in text(os.path.join(logs, name + ".log")).splitlines() if l.strip()]
        row = {"stage": name, "code": code, "seconds": int(seconds)}
        if code not in ("0", "absent", "skipped"):
            row["means"] = {"124": "timeout", "134": "the process aborted", "137": "killed", "139": "the process crashed"}.get(code, "failed")
            telling = [l for l in said if re.search(r"Exception|Error|error|failed|cannot|SIG[A-Z]+", l)]
            row["said"] = (telling[-3:] or said[-3:])
        rows = [r for r in rows if r["stage"] != name] + [row]
    return rows


def junit(name):
    """Counts and failures; from the report, or where the process died from what it printed until then."""
    folder = os.path.join(logs, name)
    result = {"passed": 0, "failed": 0, "skipped": 0, "failures": []}
    reports = [f for f in os.listdir(folder) if f == "TEST-junit-jupiter.xml"] if os.path.isdir(folder) else []
    for file in reports:
        try:
            suite = ET.parse(os.path.join(folder, file)).getroot()
        except ET.ParseError:
            continue
        for case in suite.iter("testcase"):
            broken = case.find("failure") if case.find("failure") is not None else case.find("error")
            if broken is not None:
                result["failed"] += 1
                result["failures"].append({"test": display_name(case), "why": innermost(broken.text or broken.get("message") or "")})
            elif case.find("skipped") is not None:
                result["skipped"] += 1
            else:
                result["passed"] += 1
    if not reports:
        log = text(os.path.join(logs, name + ".log"), 50_000_000)
        if not log:
            return None
        result["passed"] = len(re.findall(r":: SUCCESSFUL$", log, re.M))
        for name_, trace in re.findall(r"^(.*) :: FAILED$\n((?:(?!.* :: (?:STARTED|SUCCESSFUL|FAILED|ABORTED|SKIPPED)$).*\n)*)", log, re.M):
            result["failed"] += 1
            result["failures"].append({"test": name_.strip(), "why": innermost(trace)})
        started = re.findall(r"^(.*) :: STARTED$", log, re.M)
        result["ended early"] = True
        result["last test"] = started[-1].strip() if started else ""
    return result


def innermost(trace):
    """The innermost cause, as what wraps it only names the test."""
    causes = re.findall(r"^\s*Caused by: (.*)$", trace, re.M)
    return " ".join((causes[-1] if causes else trace).split())[:400]


def reasons(failures):
    """How many tests failed for each reason, the most frequent first; numbers in it do not tell reasons apart."""
    counts = {}
    for failure in failures:
        kind = re.sub(r"[0-9]+(\.[0-9]+)?([eE]-?[0-9]+)?", "#", failure["why"])[:160]
        counts.setdefault(kind, []).append(failure)
    return sorted(counts.values(), key=len, reverse=True)


def display_name(case):
    out_text = "".join(e.text or "" for e in case.iter("system-out"))
    found = re.search(r"display-name: (.*)", out_text)
    return (case.get("classname", "").split(".")[-1] + ": " + (found.group(1) if found else case.get("name", ""))).strip()


def match(rows, network, precision, capture=None):
    for row in reversed(rows):
        if row["network"] == network and row["precision"] == precision:
            if capture is None or (row.get("capture") == "off") == (capture == "off"):
                return row
    return None


def table(steps, torch):
    rows = [["network", "precision", "dendra ms", "no capture", "torch ms", "torch/dendra", "MiB", "loss first", "last", "torch last"]]
    keys = []
    for row in steps + torch:
        key = (row["network"], row["precision"])
        if key not in keys:
            keys.append(key)
    for network, precision in sorted(keys, key=lambda k: ([r["network"] for r in steps + torch].index(k[0]), k[1])):
        ours, off, theirs = match(steps, network, precision, "auto"), match(steps, network, precision, "off"), match(torch, network, precision)
        number = lambda row, key, form="%.3f": form % row[key] if row and row.get(key) is not None else "-"
        ratio = "%.2f" % (theirs["median_ms"] / ours["median_ms"]) if ours and theirs and ours["median_ms"] else "-"
        memory = "%d" % (ours["peak_bytes"] >> 20) if ours and ours.get("peak_bytes") else "-"
        rows.append([network, precision, number(ours, "median_ms"), number(off, "median_ms"), number(theirs, "median_ms"), ratio, memory,
                     number(ours, "first_loss", "%.4f"), number(ours, "last_loss", "%.4f"), number(theirs, "last_loss", "%.4f")])
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(c.ljust(w) if i < 2 else c.rjust(w) for i, (c, w) in enumerate(zip(r, widths))) for r in rows)


def mnist():
    found = {}
    for model in ("mlp", "cnn", "lstm"):
        content = text(os.path.join(logs, "mnist-%s.json" % model))
        if content:
            try:
                found[model] = json.loads(content)
            except ValueError:
                found[model] = {"unreadable": content[:200]}
    return found


report = {
    "commit": text(os.path.join(bundle, "commit.txt")).strip(),
    "facts": text(os.path.join(logs, "facts.log")).splitlines(),
    "doctor": text(os.path.join(logs, "doctor.log")).splitlines(),
    "emulated": "emulated" in text(os.path.join(logs, "doctor.log")).lower(),
    "stages": stages(),
    "kit": junit("kit"),
    "tests": junit("tests"),
    "steps": lines_of_json("steps.jsonl"),
    "torch": lines_of_json("torch.jsonl"),
    "mnist": mnist(),
    "crashes": sorted(f for f in os.listdir(logs) if f.startswith("crash-")),
}

parts = ["commit " + report["commit"] + ("; ON THE EMULATOR, times mean nothing" if report["emulated"] else "")]
parts += [l for l in report["doctor"] if re.match(r"cuda|         (lib|driver|cuda)", l)]
parts.append("")
for name in ("kit", "tests"):
    counts = report[name]
    if counts:
        early = ", ended early in: " + counts["last test"] if counts.get("ended early") else ""
        parts.append("%s: %d passed, %d failed, %d skipped%s" % (name, counts["passed"], counts["failed"], counts["skipped"], early))
        for group in reasons(counts["failures"])[:30]:
            parts.append("  %d x %s" % (len(group), group[0]["why"]))
            parts += ["      " + f["test"] for f in group[:4]]
if report["steps"] or report["torch"]:
    parts += ["", "median time of a training step", table(report["steps"], report["torch"])]
if report["mnist"]:
    parts.append("")
    for model, result in report["mnist"].items():
        kept = ("test_accuracy", "test_loss", "seconds", "images_per_second")
        parts.append("mnist %s: %d epochs, %s" % (
            model, len(result.get("epochs", [])), ", ".join("%s %.4g" % (k, result[k]) for k in kept if result.get(k) is not None)))
bad = [s for s in report["stages"] if s["code"] not in ("0",)]
if bad:
    parts.append("")
    parts += ["stage %s: %s after %d s%s" % (s["stage"], s.get("means", s["code"]), s["seconds"], "".join("\n    " + l[:300] for l in s.get("said", []))) for s in bad]

for name, content in (("report.json", json.dumps(report, indent=1)), ("report.txt", "\n".join(parts) + "\n")):
    part = os.path.join(out, name + ".part")
    with open(part, "w") as f:
        f.write(content)
    os.replace(part, os.path.join(out, name))
