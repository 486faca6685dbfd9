# bash completion of circusctl: the program itself knows what could stand at the cursor.
_circusctl() {
  local IFS=$'\n'
  COMPREPLY=($(circusctl --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -F _circusctl circusctl
