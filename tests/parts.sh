#!/bin/sh
# Brings the real parts that the tests need beyond Python, as Debian packages.
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
need capinfos wireshark-common
need chromium chromium
need fc-list fontconfig
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
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive $install >/dev/null
