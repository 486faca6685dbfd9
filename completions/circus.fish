# fish completion of the programs of swift-circus: each knows itself what could stand at the cursor.
function __circus_complete
    set -l words (commandline -opc)
    $words[1] --complete $words[2..] (commandline -ct) 2>/dev/null
end
for program in circusctl circusd circus-top circusd-stats circus-plugin supervisorctl supervisord
    complete -c $program -f -a '(__circus_complete)'
end
