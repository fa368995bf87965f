# Runs commands on a Node of a given major version, which is fetched from npm where the machine has another one. The
# npm package `node` downloads in a script; the packages of single platforms that it would choose from hold the program.

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# on_node MAJOR COMMAND …
on_node() {
  local major=$1 bin
  shift
  if [ "$(node_major)" = "$major" ]; then
    "$@"
    return
  fi
  bin=$(fetch_node "$major")
  PATH="$bin:$PATH" "$@"
}

node_major() { node --version | sed 's/^v\([0-9]*\)\..*/\1/'; }

# Prints the folder of the program.
fetch_node() {
  local home="$scratch/node-$1" package
  package=$(node -p '`node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`')
  [ -d "$home" ] || npm install --prefix "$home" --ignore-scripts --no-audit --no-fund --loglevel=error "$package@$1" >&2
  echo "$home/node_modules/$package/bin"
}
