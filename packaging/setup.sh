#!/usr/bin/env bash
# Makes this machine ready: `setup.sh run` for the app and the server, `setup.sh dev` for the tests too.
# Installs only what is missing, says what it does, and is silent and quick when nothing is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:?usage: setup.sh run|dev}
python=${PYTHON:-python3}

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

command -v "$python" >/dev/null || fail "'$python' was not found. Install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3 …"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "'$python' is $("$python" -V 2>&1); Homeward needs Python 3.11 or newer. Name another: make PYTHON=/path/to/python3 …"

# Debian package : a file or program whose presence shows that it is there.
needs=(
  "libgl1:/usr/lib/*/libGL.so.1"
  "libegl1:/usr/lib/*/libEGL.so.1"
  "libgles2:/usr/lib/*/libGLESv2.so.2"
  "libgl1-mesa-dri:/usr/lib/*/dri/swrast_dri.so"
  "libmtdev1:/usr/lib/*/libmtdev.so.1"
)
if [ "$kind" = dev ] || [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  needs+=("xvfb:/usr/bin/Xvfb")
fi
if [ "$kind" = dev ]; then # xdotool to xprop and PostgreSQL for the tests, binutils for the built programs, gcc for faulty disks
  needs+=("xdotool:/usr/bin/xdotool" "xclip:/usr/bin/xclip" "x11-utils:/usr/bin/xprop")
  needs+=("postgresql:/usr/lib/postgresql/*/bin/initdb" "binutils:/usr/bin/objdump")
  needs+=("gcc:/usr/bin/gcc" "libc6-dev:/usr/include/stdio.h")
  own=$(readlink -f "$(command -v "$python")")
  case "$own" in # Debian's Python comes without its shared library, which a built program carries
    /usr/bin/python3.*) needs+=("lib${own##*/}:/usr/lib/*/lib${own##*/}.so.1.0") ;;
  esac
fi
"$python" -c 'import ensurepip, venv' 2>/dev/null || needs+=("python3-venv:/nonexistent")

missing=()
for need in "${needs[@]}"; do
  compgen -G "${need#*:}" >/dev/null || missing+=("${need%%:*}")
done

if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(uname -s)" != Linux ] || ! command -v apt-get >/dev/null; then
    say "this system has no apt-get; if a window does not open, install what matches: ${missing[*]}"
  else
    root=()
    if [ "$(id -u)" != 0 ]; then
      command -v sudo >/dev/null || fail "these system packages are missing: ${missing[*]}. Install them as root, then run make again."
      root=(sudo)
    fi
    say "installing system packages: ${missing[*]}"
    case " ${missing[*]} " in
      *" postgresql "*) # the tests start a database of their own; none is left running on the machine
        "${root[@]}" mkdir -p /etc/postgresql-common/createcluster.d
        printf 'create_main_cluster = false\n' | "${root[@]}" tee /etc/postgresql-common/createcluster.d/homeward.conf >/dev/null ;;
    esac
    "${root[@]}" apt-get update -qq || fail "apt-get update failed. Check the network, then run make again."
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
      fail "apt-get install ${missing[*]} failed. Read its message above, then run make again."
  fi
fi

lock=packaging/requirements/$kind.txt
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null; then
  say "making the virtual environment .venv"
  "$python" -m venv --clear .venv || fail "the virtual environment could not be made. Is the disk full, or python3-venv missing?"
fi
stamp=.venv/homeward-$kind
have=$(cat "$stamp" .venv/homeward-dev 2>/dev/null || true)
want=$(cat packaging/requirements/"$kind".txt | cksum)
if ! grep -qxF "$kind $want" <<<"$have" && ! { [ "$kind" = run ] && grep -qxF "dev $(cksum <packaging/requirements/dev.txt)" <<<"$have"; }; then
  count=$(grep -c '==' "$lock")
  say "installing $count pinned dependencies from $lock"
  .venv/bin/python -u -m pip install --disable-pip-version-check --no-input --require-hashes --progress-bar off -r "$lock" |
    awk -v all="$count" '/^Collecting / { n++; if (n % 10 == 0) printf "setup: %d of at most %d: %s\n", n, all, $2 }
                         /^Installing collected/ { print "setup: unpacking them" } { fflush() }' ||
    fail "the dependencies could not be installed. Check the network and the free disk space, then run make again."
  printf '%s %s\n' "$kind" "$want" >"$stamp"
fi
