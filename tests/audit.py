"""Asks whether anything installed here has a known vulnerability: `python tests/audit.py`.

Fails if a newer version has fixed one. A vulnerability without a fix is only named, and so is a service that cannot be
reached.
"""

from __future__ import annotations

import json
import subprocess
import sys

SECONDS = 20  # in all: a build does not wait for a service that is away
COMMAND = [
    sys.executable,
    "-m",
    "pip_audit",
    "--local",
    "--format",
    "json",
    "--progress-spinner",
    "off",
    "--timeout",
    "5",
]


def main() -> int:
    try:
        done = subprocess.run(COMMAND, capture_output=True, encoding="utf-8", timeout=SECONDS)
        failed, sentence = verdict(json.loads(done.stdout)["dependencies"])
    except subprocess.TimeoutExpired:
        failed, sentence = False, f"not audited: the advisory service gave no answer in {SECONDS} seconds"
    except ValueError:
        failed, sentence = False, f"not audited: {(done.stderr.strip().splitlines() or ['pip-audit said nothing'])[-1]}"
    print(f"dependencies {sentence}")
    return int(failed)


def verdict(dependencies: list[dict]) -> tuple[bool, str]:
    """Whether the build fails, and the report. dependencies: pip-audit's JSON, with name, and vulns or skip_reason."""
    audited = [one for one in dependencies if "skip_reason" not in one]
    if not audited:
        return False, "not audited: the advisory service knows none of them, or cannot be reached"
    found = [(one, vulnerability) for one in audited for vulnerability in one["vulns"]]
    lines = [f"audited: {len(audited)} of {len(dependencies)}, {len(found)} known vulnerabilities"]
    lines += [
        f"  {one['name']} {one['version']}: {bad['id']}, mended in {', '.join(bad['fix_versions']) or 'no version yet'}"
        for one, bad in found
    ]
    return any(bad["fix_versions"] for _, bad in found), "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
