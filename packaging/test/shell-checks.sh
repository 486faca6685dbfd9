# What the scenarios have in common; sourced.
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

check() {
  name=$1
  shift
  if "$@" >/tmp/out 2>&1; then echo "ok      $name"; else
    echo "FAILED  $name: $*"
    { cat /tmp/out; reasons; } | sed 's/^/        /'
  fi
}
# What a scenario tells about a check that failed.
reasons() { :; }
fails() { ! "$@"; }
# The words that a command says; all it says is read.
says() {
  words=$1
  shift
  "$@" >/tmp/said 2>&1
  grep -q -- "$words" /tmp/said || { cat /tmp/said; return 1; }
}
