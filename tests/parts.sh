#!/bin/sh
# Brings the real parts that the tests need beyond Python, as Debian packages;
# with `bench` those, too, that are measured beside us.
set -eu

wanted=""
need() { # need PROGRAM PACKAGE...
    program=$1
    shift
    command -v "$program" >/dev/null 2>&1 || wanted="$wanted $*"
}
need javac openjdk-17-jdk-headless
need mvn maven
need tshark tshark
need bwrap bubblewrap
need capinfos wireshark-common
need chromium chromium
need nft nftables
need ip iproute2
need unbound unbound
need sshd openssh-server
need ssh openssh-client
need mariadbd mariadb-server-core mariadb-client-core
need dovecot dovecot-imapd
need fc-list fontconfig
if [ "${1:-}" = bench ]; then # what is measured beside us
    need tcpdump tcpdump
    need softflowd softflowd
fi
ldconfig -p 2>/dev/null | grep -q 'libarchive\.so\.13' || wanted="$wanted libarchive13"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || wanted="$wanted postgresql"
if ! command -v fc-list >/dev/null 2>&1 || [ -z "$(fc-list :lang=zh-cn family)" ]; then
    wanted="$wanted fonts-noto-cjk"
fi
[ -n "$wanted" ] || exit 0

install="apt-get install -y --no-install-recommends$wanted"
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "These tests need more than Python. Install it, then run make check again:" >&2
    echo "    sudo $install" >&2
    exit 1
fi
echo "Installing$wanted"
# The tests start servers of their own; what comes as a service stays silent.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod +x "$policy"
    trap '$as_root rm -f "$policy"' EXIT
fi
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive $install >/dev/null
