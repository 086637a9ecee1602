#!/usr/bin/env bash
# Builds app and server as folders that start without Python: `build.sh [TARGET]`, else build/package.
# Called by `make package`; the programs are TARGET/homeward-app/homeward-app and TARGET/homeward-server/homeward-server.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:-build/package}
python=${PYTHON:-.venv/bin/python}

say() { printf 'package: %s\n' "$*"; }
fail() { printf 'package: %s\n' "$*" >&2; exit 1; }

"$python" -c 'import PyInstaller' 2>/dev/null || fail "PyInstaller is missing. 'make setup-dev' installs it."
mkdir -p "$target/work"
# Whoever imports Kivy while building gets this folder, not one in the home.
export KIVY_HOME="$PWD/$target/work/kivy" KIVY_NO_ARGS=1 KIVY_NO_FILELOG=1 KIVY_NO_CONSOLELOG=1
[ "${target#/}" = "$target" ] || KIVY_HOME="$target/work/kivy"
mkdir -p "$KIVY_HOME"

for program in homeward-app homeward-server; do
  log="$target/$program.log"
  started=$SECONDS
  "$python" -m PyInstaller --noconfirm --log-level WARN --distpath "$target" --workpath "$target/work" \
    "packaging/$program.spec" >"$log" 2>&1 || { tail -n 30 "$log" >&2; fail "$program was not built; all of it is in $log"; }
  say "$target/$program/$program ($(du -sm "$target/$program" | cut -f1) MB, $((SECONDS - started)) s)"
done
