#!/bin/sh
# What the tests use besides Python: a browser, LibreOffice, tesseract, poppler, Node.js (a provider of single sign-on).
# Installed where we may (Debian, as root), else named; the tests that need an absent one are skipped and say so.
set -eu
missing=""
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need chromium chromium
need pdftotext poppler-utils
need soffice libreoffice-writer-nogui
need tesseract tesseract-ocr
need node nodejs
need npm npm
tesseract --list-langs 2>/dev/null | grep -qx nld || missing="$missing tesseract-ocr-nld"
case "$missing" in *libreoffice*) missing="$missing libreoffice-impress-nogui libreoffice-calc-nogui" ;; esac
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing for the tests:$missing"
    log=$(mktemp)
    # shellcheck disable=SC2086
    if apt-get update >"$log" 2>&1 &&
       DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing >>"$log" 2>&1; then
        rm -f "$log"
    else
        tail -n 20 "$log"; rm -f "$log"
        echo "Not installed:$missing. The tests that need them are skipped."
    fi
else
    echo "Not installed:$missing. The tests that need them are skipped; on Debian: sudo apt-get install$missing"
fi
