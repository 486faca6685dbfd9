# bash completion of circusctl: the program itself knows what could stand at the cursor. It is given
# the whole line, because bash cuts words at colons, which endpoints and plugin names hold.
_circusctl() {
  local line=${COMP_LINE:0:COMP_POINT} word
  local last=${line##* }
  local prefix=${last%"${last##*:}"}
  COMPREPLY=()
  while IFS= read -r word; do
    word=$(printf %q "$word")
    COMPREPLY+=("${word#"$prefix"}")
  done < <(circusctl --complete --line "$line" 2>/dev/null)
}
complete -F _circusctl circusctl
