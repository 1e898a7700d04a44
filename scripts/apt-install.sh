#!/bin/sh
# Installs Debian packages for the tests, as root: apt-install.sh <name>[|<other name>]...
set -eu
export DEBIAN_FRONTEND=noninteractive

# Tests start their own nginx on their own ports. Without this file, installing nginx on a machine
# that has none would leave a web server running on port 80.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' INT TERM
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
fi

apt-get update -qq

# Prints the first of its arguments that apt can install.
first_known() {
  for name in "$@"; do
    if apt-cache show "$name" >/dev/null 2>&1; then
      echo "$name"
      return
    fi
  done
}

packages=
for names in "$@"; do
  package=$(IFS='|' && first_known $names)
  if [ -n "$package" ]; then packages="$packages $package"; else echo "apt knows no $names"; fi
done
apt-get install -q -y --no-install-recommends $packages
