# Installs what tests want of the system and the machine has not. A machine where that cannot be done goes on without:
# the tests that want it are passed over, and say so.

# install_missing COMMAND:PACKAGE …
install_missing() {
  local pair missing=()
  for pair in "$@"; do
    has "${pair%%:*}" || missing+=("${pair##*:}")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    echo "Nothing to install: ${*%%:*} are here."
  elif ! command -v apt-get >/dev/null; then
    echo "Skipped: this machine has no apt-get, so ${missing[*]} cannot be installed. Tests that want them will say so."
  elif ! as_root true 2>/dev/null; then
    echo "Skipped: only root can install ${missing[*]}. Tests that want them will say so."
  elif ! apt_install "${missing[@]}"; then
    echo "Skipped: apt-get could not install ${missing[*]} (see above). Tests that want them will say so."
  else
    echo "Installed: ${missing[*]}."
  fi
}

# Servers lie where only root looks.
has() { PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$1" >/dev/null; }

apt_install() {
  # Tests start servers of their own: what a package would start at once is only in their way.
  local policy=/usr/sbin/policy-rc.d own_policy=no
  if [ ! -e "$policy" ]; then
    own_policy=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  local status=0
  {
    as_root apt-get update -qq &&
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
  } || status=$?
  [ "$own_policy" = no ] || as_root rm -f "$policy"
  return "$status"
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}
