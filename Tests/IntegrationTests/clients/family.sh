# A leader and a child that prints: "LEADER CHILD NUMBER". `ends`: the leader ends at once; `apart`: the
# child begins a session of its own; `deaf`: the child ignores SIGTERM.
case "$*" in
prints*)
  case "$*" in *deaf*) trap '' TERM ;; esac
  number=0
  while :; do
    number=$((number + 1))
    echo "$2 $$ $number"
    sleep 0.02
  done
  ;;
*apart*) setsid sh "$0" prints $$ & ;;
*) sh "$0" prints $$ "$@" & ;;
esac
case "$*" in *ends*) ;; *) exec sleep 1000 ;; esac
