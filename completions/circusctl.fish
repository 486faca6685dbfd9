# fish completion of circusctl: the program itself knows what could stand at the cursor.
function __circusctl_complete
    set -l words (commandline -opc)
    set -e words[1]
    circusctl --complete $words (commandline -ct) 2>/dev/null
end
complete -c circusctl -f -a '(__circusctl_complete)'
