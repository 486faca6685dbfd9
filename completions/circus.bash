# bash completion of the programs of swift-circus: each knows itself what could stand at the cursor. It is given the
# words of the line as blanks part them, because bash parts them at colons too, which endpoints and names hold.
_circus_programs() {
  local line=${COMP_LINE:0:COMP_POINT} word words
  local last=${line##* }
  local prefix=${last%"${last##*:}"}
  read -a words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  COMPREPLY=()
  while IFS= read -r word; do
    word=$(printf %q "$word")
    COMPREPLY+=("${word#"$prefix"}")
  done < <("${words[0]}" --complete "${words[@]:1}" 2>/dev/null)
  # A directory is gone on with.
  [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == */ ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -F _circus_programs circusctl circusd circus-top circusd-stats circus-plugin supervisorctl supervisord
