#!/usr/bin/env bash
# The hook for `pre-commit`, run for real: fresh git repositories, `git commit`, and `pre-commit`
# from PyPI.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/common.sh"

precommit=$(pypi pre-commit==4.7.0)
groundrule=$(program)
export PRE_COMMIT_HOME="$work/pre-commit-home"
export GIT_CONFIG_GLOBAL="$work/gitconfig" GIT_CONFIG_NOSYSTEM=1
git config --global user.name Test
git config --global user.email test@example.com
git config --global init.defaultBranch main
git config --global commit.gpgsign false
# Whatever git was started from, a hook for instance, is not meant here.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

# The hook file as it is, but for the language: compiling groundrule for each run takes minutes.
# The program is found on the PATH instead.
hooks="$work/hooks"
mkdir -p "$hooks"
sed 's/^  language: rust$/  language: system/' "$root/.pre-commit-hooks.yaml" >"$hooks/.pre-commit-hooks.yaml"
git -C "$hooks" init --quiet
git -C "$hooks" add .
git -C "$hooks" commit --quiet --message hooks
PATH="$(dirname "$groundrule"):$PATH"
export PATH

# repository NAME: a fresh one that uses the hook, without a service.
repository() {
    git init --quiet "$work/$1"
    cat >"$work/$1/.pre-commit-config.yaml" <<YAML
repos:
  - repo: $hooks
    rev: $(git -C "$hooks" rev-parse HEAD)
    hooks:
      - id: groundrule
YAML
    # Other policies than the one that the services here are about may have their say elsewhere.
    printf '[policies.tracing]\nmode = "measure"\n[policies.retries]\nmode = "measure"\n' \
        >"$work/$1/groundrule.toml"
    (cd "$work/$1" && "$precommit" install >/dev/null && git add .)
}

# commit NAME: what a developer's `git commit` says.
commit() {
    git -C "$work/$1" add --all && git -C "$work/$1" commit --message change 2>&1
}

refused() {
    local said
    if said=$(commit "$1"); then
        printf 'the commit was made:\n%s\n' "$said"
        return 1
    fi
    printf '%s\n' "$said"
    grep -q "$2" <<<"$said"
}

repository failing
service "$work/failing/web"
check "a commit with a failure is refused, and the failure is shown" \
    refused failing 'web/main.py:5'

service "$work/failing/web" 5
check "the same commit passes when it is mended" commit failing

repository waived
service "$work/waived/web"
waive "$work/waived/web"
check "a waived failure passes" commit waived

printf '\n' >>"$work/waived/web/main.py"
ended() { SOURCE_DATE_EPOCH=1830000000 commit waived; }
check "a failure that was there before does not stop a commit, whatever became of its waiver" ended

printf '# %s\nagain = requests.get("https://again.example/")\n' "$waiver" >>"$work/waived/web/main.py"
expired() { SOURCE_DATE_EPOCH=1830000000 refused waived 'web/main.py:'; }
check "a waiver that has ended lets nothing new pass" expired

repository clean
service "$work/clean/web" 5
check "a clean commit passes" commit clean

rm "$work/clean/web/main.py"
deletion() { refused clean 'no-service'; }
check "a commit that only deletes is judged too" deletion

repository broken
service "$work/broken/web" 5
printf '[policies.timeouts]\nmode = "strict"\n' >"$work/broken/groundrule.toml"
check "a configuration that is wrong is refused" refused broken 'strict'

check "the hook file is a valid one" "$precommit" validate-manifest "$root/.pre-commit-hooks.yaml"

# The hook file itself, with the language that users get. It compiles groundrule, once, into a
# folder that stays.
real="$work/real-hooks"
git clone --quiet "$root" "$real"
cp "$root/.pre-commit-hooks.yaml" "$real/"
git -C "$real" add . && git -C "$real" commit --quiet --allow-empty --message hooks
repository real
service "$work/real/web"
sed -i.bak -e "s|repo: .*|repo: $real|" -e "s|rev: .*|rev: $(git -C "$real" rev-parse HEAD)|" \
    "$work/real/.pre-commit-config.yaml"
rm "$work/real/.pre-commit-config.yaml.bak"
export CARGO_TARGET_DIR="$tools/pre-commit-target"
# Soon done rather than fast: the build is what is tested.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0
export CARGO_PROFILE_RELEASE_CODEGEN_UNITS=64
check "the hook as users install it refuses a failure" refused real 'web/main.py:5'

finish
