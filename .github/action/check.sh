#!/usr/bin/env bash
# Runs the program once, and puts its reports where people look: annotations, the step's summary,
# the step's outputs. Ends with the program's status.
set -euo pipefail

refuse() {
    printf '::error title=groundrule::%s\n' "$1"
    exit 2
}

reports=$(mktemp -d "$RUNNER_TEMP/groundrule-reports.XXXXXX")
sarif='' annotations='' summary=''
arguments=(check --format human --relative-to "$GITHUB_WORKSPACE" --fail-on "$INPUT_FAIL_ON")
arguments+=(--output "counts=$reports/counts.env")
read -r -d '' -a formats <<<"${INPUT_FORMATS//,/ }" || true
for format in ${formats[@]+"${formats[@]}"}; do
    case "$format" in
        github) file=$reports/failures.annotations annotations=$file ;;
        markdown) file=$reports/summary.md summary=$file ;;
        sarif) file=$reports/groundrule.sarif sarif=$file ;;
        json) file=$reports/groundrule.json ;;
        junit) file=$reports/groundrule.xml ;;
        gitlab) file=$reports/gl-code-quality-report.json ;;
        *) refuse 'The input "formats" names a format that does not exist.' ;;
    esac
    arguments+=(--output "$format=$file")
done
[ -z "${INPUT_BASE:-}" ] || arguments+=(--base "$INPUT_BASE")
paths=()
while IFS= read -r path; do
    [ -z "$path" ] || paths+=("$path")
done <<<"$INPUT_PATHS"
[ "${#paths[@]}" -gt 0 ] || refuse 'The input "paths" is empty.'

# The terminal's report quotes code that others wrote: none of it is to be taken for a command.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
cd "$GITHUB_WORKSPACE"
status=0
printf '::stop-commands::%s\n' "$token"
"$PROGRAM" "${arguments[@]}" -- "${paths[@]}" 2>&1 || status=$?
printf '::%s::\n' "$token"

if [ -s "$annotations" ]; then cat "$annotations"; fi
if [ -s "$summary" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    cat "$summary" >>"$GITHUB_STEP_SUMMARY"
fi
{
    if [ -s "$reports/counts.env" ]; then
        grep -E '^(failures|new-failures|adoption-rate)=[0-9.]+$' "$reports/counts.env" || true
    fi
    if [ -s "$sarif" ]; then printf 'sarif-file=%s\n' "$sarif"; fi
    printf 'reports=%s\n' "$reports"
} >>"$GITHUB_OUTPUT"

case "$status" in
    0 | 1) exit "$status" ;;
    *) refuse "The job could not be done (status $status): the log of this step says why." ;;
esac
