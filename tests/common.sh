# shellcheck shell=bash
# What the scripts beside this file share: the program, a folder that goes away, counted checks.
# They install checkers from public registries, which is why they are no part of `cargo test`.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Checkers stay here between runs.
tools="${CARGO_TARGET_DIR:-$root/target}/checkers"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
# Waivers end some day; here it is always the same one.
export SOURCE_DATE_EPOCH=1793000000
waiver='groundrule: allow(timeouts) until=2026-12-31 owner=@payments -- the partner streams for hours'

# The program under test: $GROUNDRULE, or a build of this tree.
program() {
    if [ -z "${GROUNDRULE:-}" ]; then
        cargo build --quiet --locked --manifest-path "$root/Cargo.toml"
        GROUNDRULE="${CARGO_TARGET_DIR:-$root/target}/debug/groundrule"
    fi
    printf '%s\n' "$GROUNDRULE"
}

# pypi NAME==VERSION [PROGRAM]: installs a package, and prints where its program is.
pypi() {
    local name="${2:-${1%%==*}}" place="$tools/pypi-$1"
    if [ ! -x "$place/bin/$name" ]; then
        rm -rf "$place"
        python3 -m venv "$place"
        "$place/bin/pip" install --quiet --disable-pip-version-check "$1" >&2
    fi
    printf '%s\n' "$place/bin/$name"
}

# check NAME COMMAND...: counts one check, and shows what the command said where it fails.
check() {
    local name="$1" said
    shift
    if said=$("$@" 2>&1); then
        passed=$((passed + 1))
        printf 'ok    %s\n' "$name"
    else
        failed=$((failed + 1))
        printf 'FAIL  %s\n%s\n' "$name" "$said"
    fi
}

# The closing line, and the script's status.
finish() {
    printf '%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ]
}

# waive FOLDER: puts a waiver beside the call.
waive() {
    sed -i.bak "s|^    return |    # $waiver\n&|" "$1/main.py"
    rm "$1/main.py.bak"
}

# service FOLDER [TIMEOUT]: a Python service with one call; without a timeout it fails `timeouts`.
service() {
    mkdir -p "$1"
    printf 'requests==2.32.3\n' >"$1/requirements.txt"
    printf 'FROM python:3.13\nCOPY . .\nCMD ["python", "main.py"]\n' >"$1/Dockerfile"
    cat >"$1/main.py" <<PYTHON
import requests


def rates():
    return requests.get("https://rates.example/latest"${2:+, timeout=$2}).json()


if __name__ == "__main__":
    rates()
PYTHON
}
