#!/usr/bin/env bash
# Puts the program on the runner: a released binary whose checksum is right, or where none fits a
# build of the action's own source. Writes the step output `program`.
set -euo pipefail

refuse() {
    printf '::error title=groundrule::%s\n' "$1"
    exit 2
}

own=$(sed -n 's/^version = "\([0-9A-Za-z.+-]*\)"$/\1/p' "$GITHUB_ACTION_PATH/Cargo.toml" | head -n 1)
asked="${INPUT_VERSION:-$own}"
asked="${asked#v}"
[[ "$asked" =~ ^[0-9A-Za-z][0-9A-Za-z.+-]*$ ]] || refuse 'The input "version" is no version.'

suffix=''
case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
    Linux-X64) target=x86_64-unknown-linux-musl ;;
    Linux-ARM64) target=aarch64-unknown-linux-musl ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    Windows-X64) target=x86_64-pc-windows-msvc suffix=.exe ;;
    *) target='' ;;
esac
archive="groundrule-$target.tar.xz"
[ -z "$suffix" ] || archive="groundrule-$target.zip"

place="$RUNNER_TEMP/groundrule-$asked"
program="$place/bin/groundrule$suffix"

download() {
    curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --retry 3 \
        --max-time 300 --output "$1" "$2"
}

# The checksum of a file, by whichever program the runner has.
checksum() {
    if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi |
        cut -d ' ' -f 1
}

# Fails where there is no release to take; refuses one whose checksum is wrong.
take_release() {
    local releases="${GITHUB_SERVER_URL:-https://github.com}/$ACTION_REPOSITORY/releases/download"
    [ "$asked" != source ] && [ -n "${ACTION_REPOSITORY:-}" ] && [ -n "$target" ] || return 1
    # Names without a folder from here on: a colon in one would be a host's name to tar.
    mkdir -p "$place/bin" "$place/release"
    cd "$place/release"
    download "$archive" "$releases/v$asked/$archive" || return 1
    download "$archive.sha256" "$releases/v$asked/$archive.sha256" || return 1
    [ "$(cut -d ' ' -f 1 <"$archive.sha256")" = "$(checksum "$archive")" ] ||
        refuse "The checksum of $archive of version $asked is not the released one."
    case "$archive" in
        *.zip) unzip -q "$archive" ;;
        *) tar -xf "$archive" ;;
    esac
    local found
    found=$(find . -type f -name "groundrule$suffix" | head -n 1)
    [ -n "$found" ] || refuse "$archive of version $asked holds no groundrule$suffix."
    mv "$found" "$program"
    chmod +x "$program"
}

build() {
    [ "$asked" = source ] || [ "$asked" = "$own" ] ||
        refuse "No released binary of version $asked fits this runner, and the source is $own."
    command -v cargo >/dev/null ||
        refuse 'No released binary fits this runner, and there is no cargo to build one with.'
    printf 'No released binary of version %s fits this runner: building it.\n' "$asked"
    cargo install --path "$GITHUB_ACTION_PATH" --locked --root "$place"
}

if [ ! -x "$program" ]; then
    take_release || build
fi
printf 'program=%s\n' "$program" >>"$GITHUB_OUTPUT"
