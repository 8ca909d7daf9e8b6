#!/bin/sh
# Pins every requirement, with the hashes of all its files, so that it installs alike on every machine.
# Needs `uv`. Arguments go to it: `requirements/compile.sh --upgrade`, `--upgrade-package django`.
set -eu
cd "$(dirname "$0")"
export UV_PYTHON_DOWNLOADS=never

compile() {
    # --no-emit-*: no committed file names the host that a package came from.
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
        --no-emit-index-url --no-emit-find-links --no-header "$@"
}

compile build.in --output-file build.txt "$@"
compile base.in --constraint build.txt --output-file base.txt "$@"
compile dev.in --constraint build.txt --constraint base.txt --output-file dev.txt "$@"

if grep -nE '://|^--(index|extra-index|find-links)' ./*.txt; then
    echo "A pinned file names an address: see the lines above." >&2
    exit 1
fi
