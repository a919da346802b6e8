# Every command prepares what it needs: `make run` on a fresh machine with Python 3.12 or newer is enough.
.PHONY: setup setup-dev run test check bench reset
PY := .venv/bin/python
# A name on the PATH may be a shim that fails, or one that takes half a second, so each is tried and ours comes first.
FIRST_PYTHON = for p in .venv/bin/python python3.13 python3.12 python3 python3.14; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && exec $$p servers/setup.py $(1); done; echo "error: no Python 3.12 or newer found" >&2; exit 1

setup:
	@$(call FIRST_PYTHON,requirements.txt)
setup-dev:
	@$(call FIRST_PYTHON,requirements.txt requirements-dev.txt)
run: setup
	@$(PY) -m servers.run
# Three at a time, for two cores: many tests wait for processes. Each of these would compile the project again where the
# environment has Python write no bytecode.
test: setup-dev
	@$(PY) -m tests.chromium && env -u PYTHONDONTWRITEBYTECODE $(PY) -m pytest -n 3
check: setup-dev
	@$(PY) -m tests.check
bench: setup-dev
	@$(PY) -m benchmarks
reset: setup
	@$(PY) -m servers.reset
