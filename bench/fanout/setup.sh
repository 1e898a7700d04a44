#!/bin/sh
# Installs what the fan-out benches compare with and build with, on Debian, as root.
set -eu
cd "$(dirname "$0")/../.."
sh scripts/apt-install.sh gcc libc6-dev zlib1g-dev util-linux iproute2 openssl \
  nginx libnginx-mod-nchan python3-flask python3-gunicorn python3-gevent
