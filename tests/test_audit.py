"""What the audit of dependencies makes of pip-audit's answers."""

from __future__ import annotations

import subprocess
from types import SimpleNamespace

import pytest

from . import audit

GOOD = {"name": "numpy", "version": "2.4.6", "vulns": []}
MENDED = {"name": "tqdm", "version": "4.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["4.1"]}]}
OPEN = {"name": "torch", "version": "2.0", "vulns": [{"id": "PYSEC-2", "fix_versions": []}]}
SKIPPED = {"name": "torch", "skip_reason": "Dependency not found on PyPI and could not be audited"}


@pytest.mark.parametrize("dependencies, failed, said", [
    ([], False, "not audited: the advisory service knows none"),
    ([SKIPPED, SKIPPED], False, "not audited: the advisory service knows none"),
    ([GOOD, SKIPPED], False, "audited: 1 of 2, 0 known"),
    ([GOOD, OPEN], False, "torch 2.0: PYSEC-2, mended in no version yet"),
    ([GOOD, OPEN, MENDED], True, "tqdm 4.0: PYSEC-1, mended in 4.1"),
])  # fmt: skip
def test_only_what_can_be_mended_fails_the_build(dependencies, failed, said):
    found = audit.verdict(dependencies)
    assert found[0] is failed and said in found[1]


@pytest.mark.parametrize("answer, said", [
    (SimpleNamespace(stdout="", stderr="ERROR: no network\n"), "not audited: ERROR: no network"),
    (SimpleNamespace(stdout="", stderr=""), "pip-audit said nothing"),
    (subprocess.TimeoutExpired("pip-audit", 20), "no answer in 20 seconds"),
])  # fmt: skip
def test_a_service_that_is_away_is_named_and_fails_nothing(monkeypatch, capsys, answer, said):
    def run(*arguments, timeout, **options):
        assert timeout == audit.SECONDS
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(subprocess, "run", run)
    assert audit.main() == 0 and said in capsys.readouterr().out
