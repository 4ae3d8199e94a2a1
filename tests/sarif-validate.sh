#!/usr/bin/env bash
# SARIF logs against Microsoft's validator: the standard's rules and those of GitHub's code
# scanning. Installs the validator from npm; it is a Linux program.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/common.sh"

version=5.7.0
place="$tools/npm-sarif-multitool-$version"
# The package's own starter hands its arguments to a shell, which splits the rule kinds.
validator="$place/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
if [ ! -x "$validator" ]; then
    npm install --silent --no-audit --no-fund --prefix "$place" \
        "@microsoft/sarif-multitool-linux@$version"
fi
groundrule=$(program)

# validate NAME ARGUMENTS...: writes a log of the folder NAME, and reads what the validator wrote,
# since its exit status says nothing.
validate() {
    local name="$1" status=0
    shift
    (cd "$work/$name" && "$groundrule" check --output "$work/$name.sarif" "$@" >"$work/$name.txt") ||
        status=$?
    [ "$status" -le 2 ] && [ -s "$work/$name.sarif" ] || return 1
    "$validator" validate "$work/$name.sarif" --rule-kind "Sarif;Ghas" \
        --output "$work/$name.result.sarif" --log ForceOverwrite >"$work/$name.log" 2>&1 || true
    node - "$work/$name.result.sarif" "$work/$name.log" <<'JS'
const fs = require("fs");
const [, , resultFile, logFile] = process.argv;
if (!fs.existsSync(resultFile)) {
    console.log(fs.readFileSync(logFile, "utf8"));
    process.exit(1);
}
const run = JSON.parse(fs.readFileSync(resultFile, "utf8").replace(/^\uFEFF/, "")).runs[0];
const notices = (run.invocations || []).flatMap((i) => [
    ...(i.toolExecutionNotifications || []),
    ...(i.toolConfigurationNotifications || []),
]);
const errors = [...(run.results || []), ...notices].filter((found) => found.level === "error");
for (const error of errors) console.log(error.ruleId, JSON.stringify(error.message));
process.exit(errors.length === 0 ? 0 : 1);
JS
}

service "$work/clean/web" 5
check "a clean run" validate clean --only timeouts

service "$work/failures/web"
check "failures" validate failures

service "$work/evidence/web"
service "$work/evidence/mail" 5
check "evidence" validate evidence --evidence

service "$work/exempt/web"
waive "$work/exempt/web"
exempt() {
    validate exempt --evidence && grep -q '"justification": "the partner streams' "$work/exempt.sarif"
}
check "exempt results" exempt

service "$work/measured/web"
printf '[policies.timeouts]\nmode = "measure"\n' >"$work/measured/groundrule.toml"
check "measured failures" validate measured --evidence

service "$work/unread/web"
printf '# caf\xe9\n' >"$work/unread/web/latin.py"
printf 'def f(:\n' >"$work/unread/web/broken.py"
ln -s main.py "$work/unread/web/link.py"
printf 'import requests\n' >"$work/unread/web/secret.py"
chmod 0 "$work/unread/web/secret.py"
check "files that cannot be read" validate unread --evidence

service "$work/hostile/web"
cp "$work/hostile/web/main.py" "$work/hostile/web/a b#[x](y)%"$'\n''::error::.py'
check "hostile names" validate hostile --evidence

for number in $(seq 25); do service "$work/services/service-$number"; done
check "more than 20 services" validate services

service "$work/change/web"
service "$work/change/mail"
(
    unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
    cd "$work/change"
    git init --quiet --initial-branch=main
    git add .
    git -c user.name=Test -c user.email=test@example.com commit --quiet --message base
)
service "$work/change/web" 5
service "$work/change/cart"
changed() {
    validate change --base main "$@" && grep -q '"baselineState": "new"' "$work/change.sarif"
}
check "new and old failures of a change" changed
check "mended ones too" changed --evidence

mkdir "$work/nothing"
check "a run that found nothing to judge" validate nothing

# Finds nothing is worth something only where it would find something.
mkdir "$work/wrong"
printf '{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{}]}]}' \
    >"$work/wrong.sarif"
wrong_is_found() {
    "$validator" validate "$work/wrong.sarif" --rule-kind "Sarif;Ghas" \
        --output "$work/wrong.result.sarif" --log ForceOverwrite >/dev/null 2>&1 || true
    grep -q '"level": *"error"' "$work/wrong.result.sarif"
}
check "the validator finds what is wrong" wrong_is_found

finish
