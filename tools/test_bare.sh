#!/usr/bin/env bash
# Prove the installation on a bare Debian 12: nothing but python3 and make, an ordinary user, and after the environment is made
# no network at all.  "make test-bare"; needs root, debootstrap, and the way to PyPI that pip has on this machine.
#
#   BARE_TREE=work   take the files of the working tree instead of HEAD
#   BARE_STEPS="…"   what to run offline after "make env" (default: demo test)
#   BARE_KEEP=1      keep the folder (it is printed)
set -euo pipefail
cd "$(dirname "$0")/.."

SUITE=bookworm
MIRROR=${BARE_MIRROR:-http://deb.debian.org/debian}
STEPS=${BARE_STEPS-demo test}

say() { printf '\n== %s\n' "$*"; }
stop() { printf 'test-bare: %s\n' "$*" >&2; exit 1; }

# The mounts below live in a mount namespace of their own and end with it; only then is the folder removed.
if [ "${1:-}" != --inside ]; then
    [ "$(id -u)" = 0 ] || stop "needs root (for chroot): sudo make test-bare"
    for tool in debootstrap unshare chroot ip git; do
        command -v "$tool" >/dev/null || stop "needs $tool (Debian: apt-get install debootstrap util-linux iproute2 git)"
    done
    root=$(mktemp -d "${TMPDIR:-/var/tmp}/tutela-bare-XXXXXX")
    chmod 755 "$root"
    clean() { [ -n "${BARE_KEEP:-}" ] && printf 'kept: %s\n' "$root" || rm -rf --one-file-system "$root"; }
    trap clean EXIT
    say "Debian $SUITE with python3 and make, in $root"
    debootstrap --variant=minbase --include=python3,make "$SUITE" "$root" "$MIRROR" >"$root.log" 2>&1 || { tail -20 "$root.log"; exit 1; }
    rm -f "$root.log"
    unshare --mount --propagation private bash "$0" --inside "$root"
    say "test-bare passed"
    exit 0
fi

root=$2
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
cp /etc/resolv.conf /etc/hosts "$root/etc/"

# What pip on this machine knows of proxies, indexes and certificates, and the folders that file:// addresses name.
copy_in() { [ ! -f "$1" ] || { mkdir -p "$root$(dirname "$1")" && cp -L "$1" "$root$1"; }; }
bind_in() { [ ! -d "$1" ] || { mkdir -p "$root$1" && mount --bind "$1" "$root$1" && mount -o remount,bind,ro "$root$1"; }; }
variables=()
while IFS='=' read -r name value; do
    case $name in PIP_* | SSL_CERT_FILE | REQUESTS_CA_BUNDLE | [Hh][Tt][Tt][Pp]_[Pp]* | [Hh][Tt][Tt][Pp][Ss]_* | [Nn][Oo]_[Pp]* | [Aa][Ll][Ll]_[Pp]*)
        variables+=("$name=$value") ;; esac
done < <(env)
copy_in /etc/pip.conf
for path in "${PIP_CERT:-}" "${SSL_CERT_FILE:-}" "${REQUESTS_CA_BUNDLE:-}" $(sed -n 's/^ *cert *= *//p' /etc/pip.conf 2>/dev/null); do
    copy_in "$path"
done
for path in $( (cat /etc/pip.conf 2>/dev/null; env | grep '^PIP_') | grep -oE '(file://)?/[^ =]+' | sed 's,^file://,,; s,/simple/*$,,' | sort -u); do
    case $path in /etc/* | /usr/* | /) ;; *) bind_in "$path" ;; esac
done

say "the project, as a clone of it has it"
chroot "$root" useradd --create-home --shell /bin/bash keeper
mkdir "$root/home/keeper/tutela"
if [ "${BARE_TREE:-head}" = work ]; then
    git ls-files -z --cached --others --exclude-standard | tar -c --null --ignore-failed-read -T - | tar -x -C "$root/home/keeper/tutela"
else
    git archive HEAD | tar -x -C "$root/home/keeper/tutela"
fi
chroot "$root" chown -R keeper:keeper /home/keeper
within() {
    chroot --userspec=keeper:keeper "$root" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/home/keeper USER=keeper LANG=C.UTF-8 \
        ${variables[@]+"${variables[@]}"} bash -c "cd ~/tutela && $1" </dev/null
}

say "make env (with the network)"
within "make env && .venv/bin/python -c 'import django, shapely, pyogrio, typst, psycopg; import tutela; print(tutela.__version__)'"
say "make env again (nothing to do)"
within "make env" | { ! grep . ; } || stop "make env did something the second time"

export -f within
export root
for step in $STEPS; do
    say "make $step (without any network)"
    unshare --net bash -euc 'ip link set lo up; within "make $1"' - "$step" 2>&1 | tee "$root/$step.out"
done
case " $STEPS " in *" test "*)
    grep -q 'skipped: .*no server found' "$root/test.out" || stop "make test did not say what it skipped" ;;
esac
