# SPDX-License-Identifier: MIT
# fish completion for netipc: asks the binary, so it is never stale

function __netipc_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (netipc __complete $words[2..-1] 2>/dev/null)
        if test "$line" = :file
            __fish_complete_path (string replace -r -- '^--[^=]*=' '' $words[-1])
        else
            echo $line
        end
    end
end

complete -c netipc -f -a '(__netipc_complete)'
