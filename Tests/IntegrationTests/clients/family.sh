# A leader and a child that prints: "LEADER CHILD NUMBER". Ends when its first argument is "ends".
(
  number=0
  while :; do
    number=$((number + 1))
    echo "$$ $(exec sh -c 'echo $PPID') $number"
    sleep 0.02
  done
) &
[ "$1" = ends ] || exec sleep 1000
